//! `pocketid config`

mod get;
mod key;
mod list;
mod set;
mod unset;
mod view;

use super::{context::Context, error::CliError};

/// Settings that may change while the server runs
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    List(list::List),
    Get(get::Get),
    Set(set::Set),
    Unset(unset::Unset),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Get(get) => ctx.report().result(&get.run(ctx)?),
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::Set(set) => ctx.report().result(&set.run(ctx)?),
            Self::Unset(unset) => ctx.report().result(&unset.run(ctx)?),
        }
    }
}
