//! `pocketid registration token`

mod create;
mod delete;
mod find;
mod list;
mod new_token;

use super::super::{context::Context, error::CliError};

/// Tokens that let programs register clients (RFC 7591)
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
