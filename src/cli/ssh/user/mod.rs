//! `pocketid ssh user`

mod confirm;

use super::super::{context::Context, error::CliError};

/// Users whose name or passkey an administrator has to look at
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Confirm(confirm::Confirm),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Confirm(confirm) => ctx.report().result(&confirm.run(ctx)?),
        }
    }
}
