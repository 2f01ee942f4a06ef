//! `pocketid client`

mod approve;
mod changes;
mod claims;
mod create;
mod created;
mod delete;
mod exchange;
mod from_recipe;
mod identity_assertion;
mod keys;
mod list;
mod pending;
mod policy;
mod preview;
mod recipes;
mod refuse;
mod request;
mod secrets;
mod sections;
mod show;
mod trusted_issuer;
mod update;
mod urls;

use super::{context::Context, error::CliError};

/// Applications that people sign in to
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[command(visible_alias = "add")]
    Create(Box<create::Create>),
    List(list::List),
    Recipes(recipes::Recipes),
    Show(show::Show),
    Update(Box<update::Update>),
    Claims(claims::Claims),
    Pending(pending::Pending),
    Approve(approve::Approve),
    Refuse(refuse::Refuse),
    Preview(preview::Preview),
    #[command(subcommand)]
    Exchange(exchange::Command),
    #[command(subcommand)]
    TrustedIssuer(trusted_issuer::Command),
    #[command(subcommand)]
    IdentityAssertion(identity_assertion::Command),
    #[command(subcommand)]
    Secret(secrets::Command),
    #[command(visible_alias = "remove")]
    Delete(delete::Delete),
}

impl Command {
    /// Whether the command supports `-o env`.
    pub fn offers_env(&self) -> bool {
        matches!(self, Self::Create(_) | Self::Show(_))
    }

    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Approve(approve) => ctx.report().result(&approve.run(ctx)?),
            Self::Claims(claims) => ctx.report().result(&claims.run(ctx)?),
            Self::Create(create) => ctx.report().result(&create.run(ctx)?),
            Self::Delete(delete) => ctx.report().result(&delete.run(ctx)?),
            Self::Exchange(command) => command.run(ctx),
            Self::IdentityAssertion(command) => command.run(ctx),
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::Pending(pending) => ctx.report().result(&pending.run(ctx)?),
            Self::Refuse(refuse) => ctx.report().result(&refuse.run(ctx)?),
            Self::Recipes(recipes) => ctx.report().result(&recipes.run(ctx)?),
            Self::Preview(preview) => ctx.report().result(&preview.run(ctx)?),
            Self::Secret(command) => command.run(ctx),
            Self::Show(show) => ctx.report().result(&show.run(ctx)?),
            Self::TrustedIssuer(command) => command.run(ctx),
            Self::Update(update) => ctx.report().result(&update.run(ctx)?),
        }
    }
}
