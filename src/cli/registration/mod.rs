//! `pocketid registration`

mod token;

use super::{context::Context, error::CliError};

/// Clients that register themselves (RFC 7591)
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[command(subcommand)]
    Token(token::Command),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Token(token) => token.run(ctx),
        }
    }
}
