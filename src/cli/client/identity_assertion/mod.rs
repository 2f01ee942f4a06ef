//! `pocketid client identity-assertion`

mod allow;
mod list;
mod refuse;
mod rules;

use super::super::{context::Context, error::CliError};

/// Servers elsewhere for which a client gets assertions about its users (ID-JAG)
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Allow(allow::Allow),
    List(list::List),
    Refuse(refuse::Refuse),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Allow(allow) => ctx.report().result(&allow.run(ctx)?),
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::Refuse(refuse) => ctx.report().result(&refuse.run(ctx)?),
        }
    }
}
