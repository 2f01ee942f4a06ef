//! `pocketid ssh user`

mod confirm;
mod list;
mod named;
mod withdraw;

use super::super::{context::Context, error::CliError};

/// Users who may enter hosts: confirm them, or withdraw their access
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    List(list::List),
    Confirm(confirm::Confirm),
    Withdraw(withdraw::Withdraw),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Confirm(confirm) => ctx.report().result(&confirm.run(ctx)?),
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::Withdraw(withdraw) => ctx.report().result(&withdraw.run(ctx)?),
        }
    }
}
