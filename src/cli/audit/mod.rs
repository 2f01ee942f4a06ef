//! `pocketid audit`

mod entry;
mod list;

use super::{context::Context, error::CliError};

/// The audit log
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    List(list::List),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::List(list) => list.run(ctx),
        }
    }
}
