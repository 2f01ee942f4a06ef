//! The options that `create` and `update` share.

use std::{collections::BTreeSet, str::FromStr};

use super::super::{context::Context, error::CliError, ttl::Ttl};
use crate::{
    forward_auth::{ProxyEnd, ProxyEnds, ProxyKind},
    model::{IdentityHeader, IdentityHeaders, OpenPath, OpenPaths, ProtectedHost, text::TextError},
};

/// A header with its new name: `user=X-Forwarded-User`.
#[derive(Debug, Clone)]
pub struct NamedHeader {
    field: String,
    header: IdentityHeader,
}

impl FromStr for NamedHeader {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let form = || {
            TextError::format(
                "must have the form user=X-Forwarded-User; nothing after the = sends no header",
            )
        };
        let (field, name) = text.split_once('=').ok_or_else(form)?;
        let header: IdentityHeader = name.parse()?;
        // Fails for a field that does not exist.
        IdentityHeaders::default().set(field, header.clone())?;
        Ok(Self { field: field.to_owned(), header })
    }
}

#[derive(Debug, Clone, clap::Args)]
pub struct Rules {
    /// Path that is open to everyone, such as /health or '/public/*'; repeat for several
    #[arg(long = "open-path", value_name = "PATH")]
    open_paths: Vec<OpenPath>,
    /// Name of a header: user=, name=, email=, groups= or id=; repeat for several
    #[arg(long = "header", value_name = "FIELD=NAME")]
    headers: Vec<NamedHeader>,
    /// How long a browser stays signed in at the host, such as 12h; from 5m to 30d [of a new host: 1d]
    #[arg(long, value_name = "TIME")]
    session: Option<Ttl>,
    /// Let access tokens for https://HOST pass without a browser
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    bearer_tokens: Option<bool>,
    /// Let keys of the REST API pass without a browser
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    api_keys: Option<bool>,
}

impl Rules {
    /// The headers, starting from others.
    pub fn headers(&self, mut headers: IdentityHeaders) -> Result<IdentityHeaders, CliError> {
        let mut fields = BTreeSet::new();
        for named in &self.headers {
            if !fields.insert(&named.field) {
                let message = format!("--header {}= is given twice", named.field);
                return Err(CliError::usage(message).hint("each of them is sent in one header"));
            }
            headers
                .set(&named.field, named.header.clone())
                .map_err(|error| CliError::usage(error.to_string()))?;
        }
        headers.check().map_err(|error| CliError::usage(format!("the headers {error}")))?;
        Ok(headers)
    }

    /// The open paths, if any were given.
    pub fn open_paths(&self) -> Result<Option<OpenPaths>, CliError> {
        if self.open_paths.is_empty() {
            return Ok(None);
        }
        let paths = OpenPaths::new(self.open_paths.clone());
        paths.map(Some).map_err(|error| CliError::usage(format!("the open paths {error}")))
    }

    /// The length of a session in seconds, if it was given.
    pub fn session(&self) -> Result<Option<i64>, CliError> {
        let checked =
            self.session.map(|ttl| ProtectedHost::check_session(ttl.seconds())).transpose();
        checked.map_err(|error| CliError::usage(format!("--session {error}")))
    }

    /// Whether access tokens pass, if that was given.
    pub fn bearer_tokens(&self) -> Option<bool> {
        self.bearer_tokens
    }

    /// Whether keys pass, if that was given.
    pub fn api_keys(&self) -> Option<bool> {
        self.api_keys
    }

    /// Whether headers were given.
    pub fn has_headers(&self) -> bool {
        !self.headers.is_empty()
    }
}

/// Which lines to print, and the addresses in them.
#[derive(Debug, Clone, clap::Args)]
pub struct ProxyOptions {
    /// Print the lines for this proxy: caddy, nginx or traefik
    #[arg(long, value_name = "PROXY", value_parser = parse_proxy)]
    proxy: Option<ProxyKind>,
    /// Where the proxy reaches this server, in these lines [default: 127.0.0.1 and the port of this server]
    #[arg(long, value_name = "HOST:PORT", requires = "proxy")]
    pocketid: Option<ProxyEnd>,
    /// Where the proxy reaches the application, in these lines [default: 127.0.0.1:8080]
    #[arg(long, value_name = "HOST:PORT", requires = "proxy")]
    application: Option<ProxyEnd>,
}

fn parse_proxy(text: &str) -> Result<ProxyKind, String> {
    ProxyKind::parse(text).ok_or_else(|| "caddy, nginx and traefik are known".to_owned())
}

impl ProxyOptions {
    /// The lines for a host, if a proxy was named.
    pub fn lines(&self, ctx: &Context, host: &ProtectedHost) -> Result<Option<String>, CliError> {
        let Some(kind) = self.proxy else { return Ok(None) };
        let local = ProxyEnds::local(ctx.settings()?.listen.port());
        let ends = ProxyEnds {
            pocketid: self.pocketid.clone().map_or(local.pocketid, ProxyEnd::into_text),
            application: self.application.clone().map_or(local.application, ProxyEnd::into_text),
        };
        Ok(Some(kind.lines(host, &ends)))
    }
}
