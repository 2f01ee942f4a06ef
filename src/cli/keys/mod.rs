//! `pocketid keys`

pub mod list;
pub mod rotate;
pub mod rotate_encryption_key;

use super::{context::Context, error::CliError};

/// Signing keys
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    List(list::List),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
        }
    }
}
