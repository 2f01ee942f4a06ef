//! `pocketid ssh`

mod account;
mod ca;
mod certificate;
mod disable;
mod enable;
mod host;
mod issuer;
mod krl;
mod login;
mod principals;
mod user;

use super::{context::Context, error::CliError};

/// Shells by passkey (SSH certificates)
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Login(login::Login),
    Enable(enable::Enable),
    Disable(disable::Disable),
    Ca(ca::Ca),
    #[command(subcommand)]
    Account(account::Command),
    #[command(subcommand)]
    Certificate(certificate::Command),
    #[command(subcommand)]
    Host(host::Command),
    #[command(subcommand)]
    User(user::Command),
    Principals(principals::Principals),
    Krl(krl::Krl),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Account(command) => command.run(ctx),
            Self::Ca(command) => command.run(ctx),
            Self::Certificate(command) => command.run(ctx),
            Self::Disable(disable) => ctx.report().result(&disable.run(ctx)?),
            Self::Enable(enable) => ctx.report().result(&enable.run(ctx)?),
            Self::Host(command) => command.run(ctx),
            Self::Krl(krl) => krl.run(ctx),
            Self::Login(login) => ctx.report().result(&login.run(ctx)?),
            Self::Principals(principals) => principals.run(ctx),
            Self::User(command) => command.run(ctx),
        }
    }
}
