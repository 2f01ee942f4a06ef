//! Sign-in policy and token lifetimes of a new client.

use super::super::ttl::{self, Ttl};
use super::sections::{SIGN_IN, TOKENS};
use crate::operations::Change;

/// The policy options.
#[derive(Debug, clap::Args)]
pub struct PolicyOptions {
    /// Do not ask people whether the application may know who they are
    #[arg(long, help_heading = SIGN_IN)]
    skip_consent: bool,
    /// Ask for the passkey again with every sign-in
    #[arg(long, help_heading = SIGN_IN)]
    require_reauthentication: bool,
    /// Ask for the passkey again when the last sign-in is older, and end its tokens then: from 5m to 365d
    #[arg(long, value_name = "TIME", value_parser = ttl::parse_of_session, help_heading = SIGN_IN)]
    max_session_age: Option<Ttl>,
    /// How long its access tokens live, from 1m to 365d; 1h unless given
    #[arg(long, value_name = "TIME", value_parser = ttl::parse_of_token, help_heading = TOKENS)]
    access_token_ttl: Option<Ttl>,
    /// How long its refresh tokens live after each use, from 1m to 365d; 30d unless given
    #[arg(long, value_name = "TIME", value_parser = ttl::parse_of_token, help_heading = TOKENS)]
    refresh_token_ttl: Option<Ttl>,
}

impl PolicyOptions {
    /// Whether consent is skipped.
    pub fn skips_consent(&self) -> Change<bool> {
        Change::Set(self.skip_consent)
    }

    /// Whether every sign-in asks for the passkey again.
    pub fn requires_reauthentication(&self) -> Change<bool> {
        Change::Set(self.require_reauthentication)
    }

    /// How old a sign-in may be, in seconds.
    pub fn max_session_age_seconds(&self) -> Change<Option<i64>> {
        Change::Set(self.max_session_age.map(Ttl::seconds))
    }

    /// The lifetime of an access token, in seconds.
    pub fn access_token_seconds(&self) -> Change<i64> {
        self.access_token_ttl.map(Ttl::seconds).into()
    }

    /// The lifetime of a refresh token, in seconds.
    pub fn refresh_token_seconds(&self) -> Change<i64> {
        self.refresh_token_ttl.map(Ttl::seconds).into()
    }
}
