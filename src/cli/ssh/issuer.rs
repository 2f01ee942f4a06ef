//! The server that a laptop or a host asks.

use std::time::Duration;

use url::Url;

use super::super::error::CliError;
use crate::outbound::{Answer, ApiRequest, Outbound, OutboundError, Reach, RequestHeader};

/// How long an answer may take.
const TIME: Duration = Duration::from_secs(20);
/// The longest answer of the protocol, in bytes.
pub const MAX_ANSWER: usize = 256 * 1024;

/// Which server to ask.
#[derive(Debug, Clone, clap::Args)]
pub struct IssuerOption {
    /// Address of the server, such as https://id.example.com
    #[arg(long, env = "POCKETID_ISSUER", value_name = "URL")]
    issuer: Option<String>,
}

/// The address of a server.
#[derive(Debug, Clone)]
pub struct Issuer(String);

impl IssuerOption {
    /// Whether a server was named.
    pub fn is_given(&self) -> bool {
        self.issuer.as_deref().is_some_and(|text| !text.is_empty())
    }

    /// The server. Certificates and revocation lists travel over TLS only, except on this machine.
    pub fn issuer(&self) -> Result<Issuer, CliError> {
        let text = self.issuer.as_deref().filter(|text| !text.is_empty()).ok_or_else(|| {
            CliError::usage("the address of the server is missing")
                .hint("give it: --issuer https://id.example.com, or set POCKETID_ISSUER")
        })?;
        let text = text.trim_end_matches('/');
        let invalid = || {
            CliError::usage(format!("{text} is not the address of a server"))
                .hint("it begins with https://, or with http:// on this machine")
        };
        let url = Url::parse(text).map_err(|_| invalid())?;
        let is_here = match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
        if is_safe && url.query().is_none() && url.fragment().is_none() {
            Ok(Issuer(text.to_owned()))
        } else {
            Err(invalid())
        }
    }
}

impl Issuer {
    /// The address, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An address below it.
    pub fn url(&self, path: &str) -> Result<Url, CliError> {
        Url::parse(&format!("{}{path}", self.0)).map_err(|error| CliError::usage(error.to_string()))
    }
}

/// Sends a request. Answers without success are answers, too.
pub async fn send(
    outbound: &Outbound,
    url: &Url,
    method: &'static str,
    headers: &[RequestHeader<'_>],
    body: Option<String>,
) -> Result<Answer, CliError> {
    let request = ApiRequest { method, headers, body: body.map(Into::into), limit: MAX_ANSWER };
    outbound.call(url, Reach::Anywhere, TIME, request).await.map_err(|error| unreachable(&error))
}

/// The error about a server that does not answer.
pub fn unreachable(error: &OutboundError) -> CliError {
    CliError::refused(error.to_string())
        .hint("is this the address of the server? --issuer names it")
}
