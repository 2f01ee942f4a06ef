//! `pocketid ldap`

pub mod directory;
mod printed;
mod sync;
mod test;

use super::{context::Context, error::CliError};

/// Users and groups from an LDAP directory
///
/// The settings whose names begin with ldap say which directory, and where it has what: `pocketid config list`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Sync(sync::Sync),
    Test(test::Test),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Sync(sync) => sync.run(ctx),
            Self::Test(test) => ctx.report().result(&test.run(ctx)?),
        }
    }
}
