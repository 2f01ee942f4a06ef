//! `pocketid user`

mod add;
mod asserted_subject;
mod claims;
mod disable;
mod enable;
mod invite;
mod last_administrator;
mod list;
mod remove;
mod show;
mod update;

use super::{context::Context, error::CliError};

/// Accounts
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[command(visible_alias = "create")]
    Add(add::Add),
    Invite(Box<invite::Invite>),
    List(list::List),
    Show(show::Show),
    Claims(claims::Claims),
    Update(Box<update::Update>),
    Enable(enable::Enable),
    Disable(disable::Disable),
    #[command(visible_alias = "delete")]
    Remove(remove::Remove),
    #[command(subcommand)]
    AssertedSubject(asserted_subject::Command),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Claims(claims) => ctx.report().result(&claims.run(ctx)?),
            Self::Add(add) => ctx.report().result(&add.run(ctx)?),
            Self::AssertedSubject(command) => command.run(ctx),
            Self::Disable(disable) => ctx.report().result(&disable.run(ctx)?),
            Self::Enable(enable) => ctx.report().result(&enable.run(ctx)?),
            Self::Invite(invite) => ctx.report().result(&invite.run(ctx)?),
            Self::List(list) => list.run(ctx),
            Self::Remove(remove) => ctx.report().result(&remove.run(ctx)?),
            Self::Show(show) => ctx.report().result(&show.run(ctx)?),
            Self::Update(update) => ctx.report().result(&update.run(ctx)?),
        }
    }
}
