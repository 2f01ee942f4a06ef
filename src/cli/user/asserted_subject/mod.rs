//! `pocketid user asserted-subject`

mod list;
mod remove;

use super::super::{context::Context, error::CliError};

/// Subjects of trusted issuers, and the users that they stand for (ID-JAG)
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    List(list::List),
    #[command(visible_alias = "delete")]
    Remove(remove::Remove),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::Remove(remove) => ctx.report().result(&remove.run(ctx)?),
        }
    }
}
