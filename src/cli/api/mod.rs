//! `pocketid api`

mod create;
mod delete;
mod grant;
mod list;
mod permission;
mod show;

use super::{context::Context, error::CliError};

/// Resource servers that clients get access tokens for (RFC 8707)
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[command(visible_alias = "add")]
    Create(create::Create),
    List(list::List),
    Show(show::Show),
    #[command(subcommand)]
    Permission(permission::Command),
    Grant(grant::Grant),
    Revoke(grant::Revoke),
    #[command(visible_alias = "remove")]
    Delete(delete::Delete),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Create(create) => ctx.report().result(&create.run(ctx)?),
            Self::Delete(delete) => ctx.report().result(&delete.run(ctx)?),
            Self::Grant(grant) => ctx.report().result(&grant.run(ctx)?),
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::Permission(command) => command.run(ctx),
            Self::Revoke(revoke) => ctx.report().result(&revoke.run(ctx)?),
            Self::Show(show) => ctx.report().result(&show.run(ctx)?),
        }
    }
}
