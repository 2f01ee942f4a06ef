//! Clients (RFC 6749 §2): the applications that people sign in to.

use std::{fmt, str::FromStr};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Serialize;
use url::Url;

use crate::crypto::Algorithm;

use super::{
    ClaimRule, ClientKeys, ClientSecretId, GrantType, Resource, ScopeName, Timestamp,
    redirect_uri::RedirectUriPattern,
    text::{TextError, bounded, text_type},
};

text_type!(
    /// The name shown on the consent page.
    ClientName, 1, 50
);

text_type!(
    /// The description of a client, in one sentence.
    ClientDescription, 1, 150
);

/// Longest URL that can be a client identifier, in bytes.
const MAX_URL: usize = 512;

/// A client identifier (RFC 6749 §2.2): a chosen name, a UUID, or the URL of the client's metadata
/// document (draft-ietf-oauth-client-id-metadata-document).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
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
        match self.is_url() {
            true => format!("~{}", BASE64_URL_SAFE_NO_PAD.encode(&self.0)),
            false => self.0.clone(),
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
        match text.contains(':') {
            true => Self::from_url(text),
            false => Self::from_chosen(text),
        }
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a client can keep a secret (RFC 6749 §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientType {
    /// It has a secret and must present it.
    Confidential,
    /// It has no secret and must use PKCE.
    Public,
}

/// A registered client.
#[derive(Debug, Clone)]
pub struct Client {
    /// The client identifier.
    pub id: ClientId,
    /// The display name.
    pub name: ClientName,
    /// The description.
    pub description: Option<ClientDescription>,
    /// Whether it has a secret.
    pub client_type: ClientType,
    /// The allowed callback URLs. If empty, the first completed sign-in registers one.
    pub redirect_uris: Vec<RedirectUriPattern>,
    /// The allowed URLs after a logout.
    pub post_logout_redirect_uris: Vec<RedirectUriPattern>,
    /// Whether it must send a code challenge (RFC 7636).
    pub requires_pkce: bool,
    /// Whether it must push its authorization requests (RFC 9126 §6).
    pub requires_pushed_authorization_requests: bool,
    /// Whether every sign-in requires the passkey again.
    pub requires_reauthentication: bool,
    /// Whether the consent page is skipped.
    pub skips_consent: bool,
    /// Whether only members of its groups may use it.
    pub is_group_restricted: bool,
    /// The signing algorithm of its ID tokens (OIDC Dynamic Client Registration §2).
    pub id_token_signed_response_alg: Algorithm,
    /// The grant types that it may use; all if not set.
    pub grant_types: Option<Vec<GrantType>>,
    /// Its start page.
    pub launch_url: Option<String>,
    /// The URL to notify when a session of its user ends (OIDC Back-Channel Logout §2.2).
    pub backchannel_logout_uri: Option<String>,
    /// Its keys and identities for authentication without a secret.
    pub keys: ClientKeys,
    /// Additional claims that it receives, ordered by name.
    pub claim_rules: Vec<ClaimRule>,
    /// Lifetime of an access token, in seconds.
    pub access_token_seconds: i64,
    /// Lifetime of a refresh token since its last rotation, in seconds.
    pub refresh_token_seconds: i64,
    /// When it was registered.
    pub created_at: Timestamp,
}

impl Client {
    /// Creates a client with the default settings.
    pub fn new(
        id: ClientId,
        name: ClientName,
        client_type: ClientType,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id,
            name,
            description: None,
            client_type,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            requires_pkce: false,
            requires_pushed_authorization_requests: false,
            requires_reauthentication: false,
            skips_consent: false,
            is_group_restricted: false,
            id_token_signed_response_alg: Algorithm::Rs256,
            grant_types: None,
            launch_url: None,
            backchannel_logout_uri: None,
            keys: ClientKeys::default(),
            claim_rules: Vec::new(),
            access_token_seconds: Self::DEFAULT_ACCESS_TOKEN_SECONDS,
            refresh_token_seconds: Self::DEFAULT_REFRESH_TOKEN_SECONDS,
            created_at,
        }
    }

    /// One hour.
    pub const DEFAULT_ACCESS_TOKEN_SECONDS: i64 = 3_600;
    /// Thirty days.
    pub const DEFAULT_REFRESH_TOKEN_SECONDS: i64 = 43_200 * 60;

    /// Whether it may use this grant type.
    pub fn may_use(&self, grant_type: GrantType) -> bool {
        self.grant_types.as_ref().is_none_or(|listed| listed.contains(&grant_type))
    }

    /// Whether this is a custom scope that one of its claim rules defines.
    pub fn has_scope(&self, name: &ScopeName) -> bool {
        self.claim_rules.iter().any(|rule| rule.scope.as_ref() == Some(name))
    }

    /// The signing algorithm of its access tokens. For an API it is the client's algorithm (RFC
    /// 9068 §2.1). Only we read the others, so they use ES256, which is 30 times cheaper.
    pub fn access_token_alg(&self, resource: Option<&Resource>) -> Algorithm {
        match resource {
            Some(_) => self.id_token_signed_response_alg,
            None => Algorithm::Es256,
        }
    }

    /// Whether each authorization request must contain a code challenge (RFC 9700 §2.1.1).
    pub fn must_use_pkce(&self) -> bool {
        self.requires_pkce || self.client_type == ClientType::Public
    }
}

/// A client secret without the secret itself.
#[derive(Debug, Clone)]
pub struct ClientSecret {
    /// Its id.
    pub id: ClientSecretId,
    /// Its first four characters, to tell secrets apart.
    pub prefix: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires; never if not set.
    pub expires_at: Option<Timestamp>,
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
