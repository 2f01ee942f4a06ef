//! `pocketid session`

mod list;
pub mod revoke;

use super::{context::Context, error::CliError};

/// Sessions of signed-in browsers
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    List(list::List),
    Revoke(revoke::Revoke),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::Revoke(revoke) => ctx.report().result(&revoke.run(ctx)?),
        }
    }
}
