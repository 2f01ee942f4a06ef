//! `pocketid client trusted-issuer`

mod add;
mod issuers;
mod list;
mod remove;

use super::super::{context::Context, error::CliError};

/// Issuers that say for which users a client gets tokens (ID-JAG)
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[command(visible_alias = "create")]
    Add(add::Add),
    List(list::List),
    #[command(visible_alias = "delete")]
    Remove(remove::Remove),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Add(add) => ctx.report().result(&add.run(ctx)?),
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::Remove(remove) => ctx.report().result(&remove.run(ctx)?),
        }
    }
}
