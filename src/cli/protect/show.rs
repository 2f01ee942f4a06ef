//! `pocketid protect show`

use super::{
    super::{context::Context, error::CliError},
    rules::ProxyOptions,
    shown::{ShownHost, find},
};
use crate::operations::protected_hosts;

const EXAMPLES: &str = "\
Examples:
  pocketid protect show wiki.example.com
  pocketid protect show wiki.example.com --proxy traefik --pocketid pocketid:1411";

/// Show a protected host, or the lines for its proxy
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Show {
    /// Host or id
    #[arg(value_name = "PROTECTED")]
    protected: String,
    #[command(flatten)]
    proxy: ProxyOptions,
}

impl Show {
    pub fn run(self, ctx: &Context) -> Result<ShownHost, CliError> {
        let (host, view) = ctx.existing_store()?.read_blocking(|tx| {
            let host = find(tx, &self.protected)?;
            let view = protected_hosts::shown(tx, &host)?;
            Ok::<_, CliError>((host, view))
        })?;
        let lines = self.proxy.lines(ctx, &host)?;
        Ok(ShownHost { host, view, lines })
    }
}
