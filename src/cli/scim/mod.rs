//! `pocketid scim`

mod find;
mod list;
mod remove;
mod set;
mod sync;
mod token;

use super::{context::Context, error::CliError};

/// Accounts in applications, and by other programs here (SCIM)
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Set(set::Set),
    List(list::List),
    Sync(sync::Sync),
    #[command(visible_alias = "delete")]
    Remove(remove::Remove),
    #[command(subcommand)]
    Token(token::Command),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::Remove(remove) => ctx.report().result(&remove.run(ctx)?),
            Self::Set(set) => ctx.report().result(&set.run(ctx)?),
            Self::Sync(sync) => ctx.report().result(&sync.run(ctx)?),
            Self::Token(token) => token.run(ctx),
        }
    }
}
