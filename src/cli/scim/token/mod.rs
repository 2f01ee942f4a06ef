//! `pocketid scim token`

mod create;
mod delete;
mod find;
mod list;
mod new_token;
mod rotate;

use super::super::{context::Context, error::CliError};

/// Tokens of programs that manage accounts and groups here
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[command(visible_alias = "add")]
    Create(create::Create),
    List(list::List),
    Rotate(rotate::Rotate),
    #[command(visible_alias = "remove")]
    Delete(delete::Delete),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Create(create) => ctx.report().result(&create.run(ctx)?),
            Self::Delete(delete) => ctx.report().result(&delete.run(ctx)?),
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::Rotate(rotate) => ctx.report().result(&rotate.run(ctx)?),
        }
    }
}
