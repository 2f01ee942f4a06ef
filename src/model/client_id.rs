//! Client identifiers (RFC 6749 §2.2).

use std::{fmt, str::FromStr};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Serialize;
use url::Url;

use super::text::{TextError, bounded};

/// Longest URL that can be a client identifier, in bytes.
const MAX_URL: usize = 512;

/// A client identifier (RFC 6749 §2.2): a chosen name, a UUID, or the URL of the client's metadata
/// document (draft-ietf-oauth-client-id-metadata-document).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ClientId(String);

impl ClientId {
    /// The text on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the URL of a metadata document.
    pub fn is_url(&self) -> bool {
        self.0.contains(':')
    }

    /// The URL of the metadata document.
    pub fn url(&self) -> Option<Url> {
        self.is_url().then(|| Url::parse(&self.0).ok()).flatten()
    }

    /// The host of the metadata document. People recognise such a client by it.
    pub fn host(&self) -> Option<String> {
        self.url()?.host_str().map(str::to_owned)
    }

    /// Reads an id from a path segment. A URL is written as `~` and its base64url form (Pocket ID
    /// 2.14).
    pub fn from_path(segment: &str) -> Option<Self> {
        let decoded = segment
            .strip_prefix('~')
            .and_then(|text| String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok());
        decoded.as_deref().unwrap_or(segment).parse().ok()
    }

    /// Returns the id as a path segment.
    pub fn to_path(&self) -> String {
        if self.is_url() {
            format!("~{}", BASE64_URL_SAFE_NO_PAD.encode(&self.0))
        } else {
            self.0.clone()
        }
    }

    /// Reads the id of a registered client. It cannot be a URL.
    pub fn from_chosen(text: &str) -> Result<Self, TextError> {
        let text = bounded(text, 2, 128)?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        text.chars().all(allowed).then_some(Self(text)).ok_or_else(|| {
            TextError::format("must only contain letters, numbers, dots, underscores and hyphens")
        })
    }

    /// Reads a URL id in its normalised form only, because ids are compared as text: rejects `..`,
    /// capital letters in the host, user information and anything else that a URL parser would
    /// rewrite.
    fn from_url(text: &str) -> Result<Self, TextError> {
        let refuse = || TextError::format("must be a plain https address with a path");
        let url = Url::parse(text).map_err(|_| refuse())?;
        let has_user = !url.username().is_empty() || url.password().is_some();
        let is_plain = text.len() <= MAX_URL
            && url.as_str() == text
            && url.scheme() == "https"
            && url.host_str().is_some_and(|host| !host.is_empty())
            && url.fragment().is_none()
            && !has_user;
        is_plain.then(|| Self(text.to_owned())).ok_or_else(refuse)
    }
}

impl FromStr for ClientId {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        if text.contains(':') { Self::from_url(text) } else { Self::from_chosen(text) }
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_ids_are_those_of_pocket_id() {
        for good in ["ab", "linkding", "3654a746-35d4-4321-ac61-0bdcff2b4055", "a.b_c-d"] {
            assert!(good.parse::<ClientId>().is_ok(), "{good}");
        }
        for bad in ["", "a", "a b", "a/b", "a:b", "ä-ö", &"a".repeat(129)] {
            assert!(bad.parse::<ClientId>().is_err(), "{bad}");
        }
    }

    /// draft-ietf-oauth-client-id-metadata-document §3.
    #[test]
    fn an_address_that_is_a_client_id_has_one_spelling() {
        for good in [
            "https://app.example.com/client.json",
            "https://app.example.com:8443/",
            "https://app.example.com/a?b=c",
            "https://xn--bcher-kva.example/client",
        ] {
            let id: ClientId = good.parse().unwrap();
            assert!(id.is_url() && id.as_str() == good);
            assert!(ClientId::from_chosen(good).is_err());
        }
        let long = format!("https://app.example.com/{}", "a".repeat(500));
        for bad in [
            "http://app.example.com/client.json",
            "https://app.example.com",
            "https:app.example.com/client.json",
            "https:///client.json",
            "https://APP.example.com/client.json",
            "HTTPS://app.example.com/client.json",
            "https://app.example.com:443/client.json",
            "https://bücher.example/client",
            "https://user@app.example.com/client.json",
            "https://:pw@app.example.com/client.json",
            "https://app.example.com/client.json#a",
            "https://app.example.com/client.json#",
            "https://app.example.com/a/../client.json",
            "https://app.example.com/a/%2e%2e/client.json",
            "https://app.example.com/./client.json",
            "https://app.example.com\\client.json",
            "https://app.example.com/a b",
            " https://app.example.com/client.json",
            "https://app.example.com/client.json\n",
            "https://2130706433/client.json",
            "https://0x7f.1/client.json",
            "javascript:alert(1)",
            "data:application/json,x",
            &long,
        ] {
            assert!(bad.parse::<ClientId>().is_err(), "{bad}");
        }
    }
}
