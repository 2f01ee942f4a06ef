//! `pocketid ssh account`

mod create;
mod delete;
mod list;
mod shown;
mod update;

use super::super::{context::Context, error::CliError};

/// Accounts of hosts, and their groups
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[command(visible_alias = "add")]
    Create(create::Create),
    List(list::List),
    Update(update::Update),
    #[command(visible_alias = "remove")]
    Delete(delete::Delete),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Create(create) => ctx.report().result(&create.run(ctx)?),
            Self::Delete(delete) => ctx.report().result(&delete.run(ctx)?),
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::Update(update) => ctx.report().result(&update.run(ctx)?),
        }
    }
}
