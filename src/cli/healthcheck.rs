//! `pocketid healthcheck`

use std::net::SocketAddr;

use super::{context::Context, error::CliError};
use crate::outbound::{address_of, probe};

const EXAMPLES: &str = "\
Examples:
  pocketid healthcheck
  pocketid healthcheck --endpoint http://127.0.0.1:8080

In a Dockerfile:
  HEALTHCHECK CMD [\"pocketid\", \"healthcheck\"]";

/// Check that the server is healthy
///
/// Prints nothing and exits with 0 if it is; exits with 1 if it is not.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Healthcheck {
    /// Address of the server; where HOST and PORT let it listen unless given
    #[arg(long, short, value_name = "URL")]
    endpoint: Option<String>,
    /// The configured listen address of the server.
    #[arg(long, env = "POCKETID_LISTEN", hide = true)]
    listen: Option<SocketAddr>,
}

impl Healthcheck {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        let endpoint = match (self.endpoint, self.listen) {
            (Some(endpoint), _) => endpoint,
            (None, Some(listen)) => address_of(listen),
            (None, None) => address_of(ctx.settings()?.listen),
        };
        ctx.wait(probe(&endpoint))?.map_err(|error| {
            CliError::refused(error.to_string())
                .hint("is `pocketid serve` running there? --endpoint names another address")
        })
    }
}
