//! `pocketid passkey`

mod find;
mod list;
mod remove;
mod rename;

use super::{context::Context, error::CliError};

/// Passkeys of users
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    List(list::List),
    Rename(rename::Rename),
    #[command(visible_alias = "delete")]
    Remove(remove::Remove),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::Remove(remove) => ctx.report().result(&remove.run(ctx)?),
            Self::Rename(rename) => ctx.report().result(&rename.run(ctx)?),
        }
    }
}
