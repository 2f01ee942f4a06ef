//! `pocketid ssh host`

mod sign;

use super::super::{context::Context, error::CliError};

/// Certificates of hosts
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Sign(sign::Sign),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Sign(sign) => ctx.report().result(&sign.run(ctx)?),
        }
    }
}
