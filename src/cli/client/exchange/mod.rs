//! `pocketid client exchange`

mod allow;
mod list;
mod refuse;
mod rules;

use super::super::{context::Context, error::CliError};

/// Tokens that a client may exchange for others (RFC 8693)
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
