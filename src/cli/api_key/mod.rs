//! `pocketid api-key`

mod create;
mod delete;
mod list;

use super::{context::Context, error::CliError};

/// API keys
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[command(visible_alias = "add")]
    Create(create::Create),
    List(list::List),
    #[command(visible_alias = "remove")]
    Delete(delete::Delete),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Create(create) => ctx.report().result(&create.run(ctx)?),
            Self::Delete(delete) => ctx.report().result(&delete.run(ctx)?),
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
        }
    }
}
