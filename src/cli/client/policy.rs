//! How sign-ins to a new client go, and how long its tokens live.

use super::super::ttl::{self, Ttl};
use crate::model::Client;

/// The options of it.
#[derive(Debug, clap::Args)]
pub struct PolicyOptions {
    /// Do not ask people whether the application may know who they are
    #[arg(long)]
    skip_consent: bool,
    /// Ask for the passkey again with every sign-in
    #[arg(long)]
    require_reauthentication: bool,
    /// How long its access tokens live, from 1m to 365d; 1h unless given
    #[arg(long, value_name = "TIME", value_parser = ttl::parse_of_token)]
    access_token_ttl: Option<Ttl>,
    /// How long its refresh tokens live after each use, from 1m to 365d; 30d unless given
    #[arg(long, value_name = "TIME", value_parser = ttl::parse_of_token)]
    refresh_token_ttl: Option<Ttl>,
}

impl PolicyOptions {
    /// Puts them into a client.
    pub fn apply(&self, client: Client) -> Client {
        Client {
            skips_consent: self.skip_consent,
            requires_reauthentication: self.require_reauthentication,
            access_token_seconds: self
                .access_token_ttl
                .map_or(client.access_token_seconds, Ttl::seconds),
            refresh_token_seconds: self
                .refresh_token_ttl
                .map_or(client.refresh_token_seconds, Ttl::seconds),
            ..client
        }
    }
}
