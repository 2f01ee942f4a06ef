//! `pocketid group`

mod assign;
mod claims;
mod create;
mod delete;
mod list;
mod show;
mod unassign;
mod update;

use super::{context::Context, error::CliError};

/// Groups of users
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[command(visible_alias = "add")]
    Create(create::Create),
    List(list::List),
    Show(show::Show),
    Update(update::Update),
    #[command(visible_alias = "remove")]
    Delete(delete::Delete),
    Assign(assign::Assign),
    Claims(claims::Claims),
    Unassign(unassign::Unassign),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Assign(assign) => ctx.report().result(&assign.run(ctx)?),
            Self::Claims(claims) => ctx.report().result(&claims.run(ctx)?),
            Self::Create(create) => ctx.report().result(&create.run(ctx)?),
            Self::Delete(delete) => ctx.report().result(&delete.run(ctx)?),
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::Show(show) => ctx.report().result(&show.run(ctx)?),
            Self::Unassign(unassign) => ctx.report().result(&unassign.run(ctx)?),
            Self::Update(update) => ctx.report().result(&update.run(ctx)?),
        }
    }
}
