//! `pocketid group`

mod assign;
mod claims;
mod create;
mod list;

use super::{context::Context, error::CliError};

/// Groups of users
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[command(visible_alias = "add")]
    Create(create::Create),
    List(list::List),
    Assign(assign::Assign),
    Claims(claims::Claims),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Assign(assign) => ctx.report().result(&assign.run(ctx)?),
            Self::Claims(claims) => ctx.report().result(&claims.run(ctx)?),
            Self::Create(create) => ctx.report().result(&create.run(ctx)?),
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
        }
    }
}
