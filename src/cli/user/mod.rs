//! `pocketid user`

pub mod account;
mod add;
mod claims;
mod list;
mod show;

use super::{context::Context, error::CliError};

/// Accounts
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[command(visible_alias = "create")]
    Add(add::Add),
    List(list::List),
    Show(show::Show),
    Claims(claims::Claims),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Claims(claims) => ctx.report().result(&claims.run(ctx)?),
            Self::Add(add) => ctx.report().result(&add.run(ctx)?),
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::Show(show) => ctx.report().result(&show.run(ctx)?),
        }
    }
}
