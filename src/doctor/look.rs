//! Looks at a provider from outside, as its users reach it.

use std::time::Duration;

use serde::Deserialize;

use crate::{
    crypto::JwkSet,
    model::{Timestamp, time::parse_http_date},
    outbound::{Answer, Outbound, OutboundError, Reach, RequestHeader},
    settings::AppUrl,
};

/// With this header, `/healthz` says whether the request came through a trusted proxy.
pub const ASKED: &str = "x-pocketid-doctor";
/// The header of that answer.
pub const FORWARDED: &str = "x-pocketid-forwarded";

/// With this in place of a client's certificate, `/healthz` says whether it would be believed.
pub const CERTIFICATE_CLAIM: &str = "pocketid-doctor";
/// The header of that answer.
pub const CERTIFICATE_PASSED: &str = "x-pocketid-certificate-passed";

/// How long an answer may take.
const TIME: Duration = Duration::from_secs(5);

/// The longest part of an issuer that is shown, in characters.
const LONGEST_ISSUER: usize = 200;

/// The answers found at an address.
#[derive(Debug)]
pub struct Seen {
    /// The status of the answer to the request for the discovery document.
    pub status: u16,
    /// The issuer in the document. None if the answer is not from a provider.
    pub issuer: Option<String>,
    /// The ids of the published keys.
    pub kids: Vec<String>,
    /// The time in the `Date` header.
    pub date: Option<Timestamp>,
    /// The server's view of the proxy in between, if the server is this program.
    pub proxy: Option<ProxySeen>,
    /// Whether the server believes a certificate that a stranger claims to have.
    pub passes_certificates: bool,
}

/// How the server treats the forwarding headers of the proxy in front of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxySeen {
    /// It trusts them.
    Believed,
    /// There are no such headers.
    Silent,
    /// `TRUST_PROXY` does not list the proxy.
    Unbelieved,
}

/// Why an address could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum Unseen {
    /// A server answers, but this system does not trust its certificate.
    #[error("{0}")]
    Certificate(String),
    /// No server answers.
    #[error("{0}")]
    Unreachable(String),
}

impl From<OutboundError> for Unseen {
    fn from(error: OutboundError) -> Self {
        match error {
            OutboundError::Certificate { .. } => Self::Certificate(error.to_string()),
            error => Self::Unreachable(error.to_string()),
        }
    }
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
}

/// Asks for the discovery document and the keys at an address.
pub async fn look_from_outside(
    outbound: &Outbound,
    app_url: &AppUrl,
    certificate_header: Option<&str>,
) -> Result<Seen, Unseen> {
    let answer = get(outbound, app_url, "/.well-known/openid-configuration").await?;
    let metadata: Option<Metadata> = serde_json::from_slice(&answer.body).ok();
    let mut seen = Seen {
        status: answer.status,
        issuer: metadata.map(|metadata| printable(&metadata.issuer)),
        kids: Vec::new(),
        proxy: None,
        passes_certificates: false,
        date: answer.date.as_deref().and_then(parse_http_date),
    };
    if seen.issuer.is_some() {
        let answer = get(outbound, app_url, "/.well-known/jwks.json").await?;
        let set: Option<JwkSet> = serde_json::from_slice(&answer.body).ok();
        let keys = set.into_iter().flat_map(|set| set.keys);
        seen.kids = keys.filter_map(|key| key.kid).collect();
        seen.proxy = ask_of_proxy(outbound, app_url).await?;
        if let Some(name) = certificate_header {
            let claim = RequestHeader { name, value: CERTIFICATE_CLAIM };
            let answer = ask_of_health(outbound, app_url, claim).await?;
            seen.passes_certificates = answer.headers.contains_key(CERTIFICATE_PASSED);
        }
    }
    Ok(seen)
}

/// Removes control characters: the text comes from a stranger and goes to a terminal.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST_ISSUER).collect()
}

/// Asks the server whether this very request came through a proxy, and whether it trusts that
/// proxy.
async fn ask_of_proxy(
    outbound: &Outbound,
    app_url: &AppUrl,
) -> Result<Option<ProxySeen>, OutboundError> {
    let header = RequestHeader { name: ASKED, value: "1" };
    let answer = ask_of_health(outbound, app_url, header).await?;
    let said = answer.headers.get(FORWARDED).and_then(|value| value.to_str().ok());
    Ok(said.and_then(|said| match said {
        "believed" => Some(ProxySeen::Believed),
        "no" => Some(ProxySeen::Silent),
        "unbelieved" => Some(ProxySeen::Unbelieved),
        _ => None,
    }))
}

async fn ask_of_health(
    outbound: &Outbound,
    app_url: &AppUrl,
    header: RequestHeader<'_>,
) -> Result<Answer, OutboundError> {
    let url = app_url.join("/healthz").parse().map_err(|_| OutboundError::Address)?;
    outbound.get_with(&url, Reach::Anywhere, TIME, header).await
}

async fn get(outbound: &Outbound, app_url: &AppUrl, path: &str) -> Result<Answer, OutboundError> {
    let url = app_url.join(path).parse().map_err(|_| OutboundError::Address)?;
    outbound.get(&url, Reach::Anywhere, TIME).await
}
