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
    /// The name on the consent page.
    ClientName, 1, 50
);

text_type!(
    /// What a client is, in a sentence.
    ClientDescription, 1, 150
);

/// The longest address that is a client identifier, in bytes.
const MAX_URL: usize = 512;

/// A client identifier (RFC 6749 §2.2): chosen, a UUID, or the address at which the client describes
/// itself (draft-ietf-oauth-client-id-metadata-document).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ClientId(String);

impl ClientId {
    /// The text on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the address of a document.
    pub fn is_url(&self) -> bool {
        self.0.contains(':')
    }

    /// The address of the document.
    pub fn url(&self) -> Option<Url> {
        self.is_url().then(|| Url::parse(&self.0).ok()).flatten()
    }

    /// The host of the document: what a person can judge such a client by.
    pub fn host(&self) -> Option<String> {
        self.url()?.host_str().map(str::to_owned)
    }

    /// Reads the id in a part of a path. An address stands there as `~` and its base64url (Pocket ID 2.14).
    pub fn from_path(segment: &str) -> Option<Self> {
        let decoded = segment
            .strip_prefix('~')
            .and_then(|text| String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok());
        decoded.as_deref().unwrap_or(segment).parse().ok()
    }

    /// The id as a part of a path.
    pub fn to_path(&self) -> String {
        match self.is_url() {
            true => format!("~{}", BASE64_URL_SAFE_NO_PAD.encode(&self.0)),
            false => self.0.clone(),
        }
    }

    /// Reads the id of a client that is registered here: an address cannot be chosen.
    pub fn from_chosen(text: &str) -> Result<Self, TextError> {
        let text = bounded(text, 2, 128)?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        text.chars().all(allowed).then_some(Self(text)).ok_or_else(|| {
            TextError::format("must only contain letters, numbers, dots, underscores and hyphens")
        })
    }

    /// In one spelling only, since it is compared as text: what a URL parser would write otherwise,
    /// such as `..`, another case or user information, is refused.
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
    /// It has none, and must use PKCE.
    Public,
}

/// A registered client.
#[derive(Debug, Clone)]
pub struct Client {
    /// What it calls itself on the wire.
    pub id: ClientId,
    /// What people see.
    pub name: ClientName,
    /// What it is, in a sentence.
    pub description: Option<ClientDescription>,
    /// Whether it has a secret.
    pub client_type: ClientType,
    /// Where it may be redirected to; when empty, the first completed sign-in decides.
    pub redirect_uris: Vec<RedirectUriPattern>,
    /// Where it may be redirected to after a logout.
    pub post_logout_redirect_uris: Vec<RedirectUriPattern>,
    /// Whether a code challenge (RFC 7636) is demanded.
    pub requires_pkce: bool,
    /// Whether it must push its authorization requests (RFC 9126 §6).
    pub requires_pushed_authorization_requests: bool,
    /// Whether every sign-in to it needs the passkey again.
    pub requires_reauthentication: bool,
    /// Whether people are not asked for consent.
    pub skips_consent: bool,
    /// Whether only members of its groups may use it.
    pub is_group_restricted: bool,
    /// What its ID tokens are signed with (OIDC Dynamic Client Registration §2).
    pub id_token_signed_response_alg: Algorithm,
    /// What it may present at the token endpoint; every grant type when it does not say.
    pub grant_types: Option<Vec<GrantType>>,
    /// Its front page.
    pub launch_url: Option<String>,
    /// Where it wants to be told that a session of its user ended (OIDC Back-Channel Logout §2.2).
    pub backchannel_logout_uri: Option<String>,
    /// How it proves who it is, other than with a secret.
    pub keys: ClientKeys,
    /// What it is told of users, beside what its scopes say of everybody; by the names of the claims.
    pub claim_rules: Vec<ClaimRule>,
    /// Life of an access token in seconds.
    pub access_token_seconds: i64,
    /// Life of a refresh token in seconds, from its last rotation.
    pub refresh_token_seconds: i64,
    /// When it was registered.
    pub created_at: Timestamp,
}

impl Client {
    /// A client as it is before anything is set.
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

    /// Whether it may present this at the token endpoint.
    pub fn may_use(&self, grant_type: GrantType) -> bool {
        self.grant_types.as_ref().is_none_or(|listed| listed.contains(&grant_type))
    }

    /// Whether it may ask for a scope that is not built in: one of its own, which carries a claim.
    pub fn has_scope(&self, name: &ScopeName) -> bool {
        self.claim_rules.iter().any(|rule| rule.scope.as_ref() == Some(name))
    }

    /// What signs its access tokens: an API verifies them with the client's algorithm (RFC 9068 §2.1); for
    /// those that we alone read, the one that costs a thirtieth will do.
    pub fn access_token_alg(&self, resource: Option<&Resource>) -> Algorithm {
        match resource {
            Some(_) => self.id_token_signed_response_alg,
            None => Algorithm::Es256,
        }
    }

    /// Whether a code challenge must come with each authorization request (RFC 9700 §2.1.1).
    pub fn must_use_pkce(&self) -> bool {
        self.requires_pkce || self.client_type == ClientType::Public
    }
}

/// What is known of a client secret: never the secret.
#[derive(Debug, Clone)]
pub struct ClientSecret {
    /// Its id.
    pub id: ClientSecretId,
    /// Its first four characters, to tell secrets apart.
    pub prefix: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working; never when absent.
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
