//! `pocketid ssh certificate`

mod list;
mod revoke;

use super::super::{context::Context, error::CliError};

/// Valid certificates
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
