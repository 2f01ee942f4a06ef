//! `pocketid mail`

mod test;

pub use test::not_configured;

use super::{context::Context, error::CliError};

/// Email
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Test(test::Test),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Test(test) => ctx.report().result(&test.run(ctx)?),
        }
    }
}
