//! Issuers that a client may bring identity assertions of (draft-ietf-oauth-identity-assertion-authz-grant).

use serde::{Deserialize, Serialize};

use super::{
    client_keys::jwks_url,
    rules,
    text::{TextError, is_protected_address, is_web_address},
};

/// An issuer that an administrator trusts to say which user a client acts for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(try_from = "Given", rename_all = "camelCase")]
pub struct TrustedIssuer {
    /// The `iss` of its assertions.
    pub issuer: String,
    /// The URL of its keys; `/.well-known/jwks.json` of the issuer if not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<String>,
}

/// The fields as they are given. An empty text counts as absent.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TrustedIssuer"))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Given {
    /// The `iss` of its assertions, an address.
    issuer: String,
    /// The URL of its keys; `/.well-known/jwks.json` of the issuer if empty.
    #[serde(default)]
    jwks: String,
}

impl TryFrom<Given> for TrustedIssuer {
    type Error = TextError;

    fn try_from(given: Given) -> Result<Self, TextError> {
        Self::new(given.issuer, Some(given.jwks))
    }
}

fn check_address(text: &str) -> Result<(), TextError> {
    if is_web_address(text) && is_protected_address(text) {
        return Ok(());
    }
    let rule =
        "must be an address such as https://login.example.org, with https or on this machine";
    Err(TextError::format(rule))
}

impl TrustedIssuer {
    /// An issuer, and the address of its keys if it is another one than usual.
    pub fn new(issuer: String, jwks: Option<String>) -> Result<Self, TextError> {
        let new = Self { issuer, jwks: jwks.filter(|url| !url.is_empty()) };
        check_address(&new.issuer)?;
        if let Err(error) = check_address(&new.jwks_url()) {
            let message = format!("has a wrong jwks, which {}", error.message);
            return Err(TextError { message, ..error });
        }
        Ok(new)
    }

    /// Reads the address of an issuer, or of its keys. Nobody on the way to it may be able to stand for it.
    pub fn parse_address(text: &str) -> Result<String, TextError> {
        check_address(text).map(|()| text.to_owned())
    }

    /// The URL of its keys.
    pub fn jwks_url(&self) -> String {
        jwks_url(&self.issuer, self.jwks.as_ref())
    }

    /// Whether both have the same name and the same keys.
    pub fn is_same(&self, other: &Self) -> bool {
        self.issuer == other.issuer && self.jwks_url() == other.jwks_url()
    }

    /// Whether one of these is the same.
    pub fn is_among(&self, others: &[Self]) -> bool {
        others.iter().any(|other| self.is_same(other))
    }

    /// Why these cannot be the issuers of one client.
    pub fn fault_of(issuers: &[Self]) -> Option<&'static str> {
        rules::fault_of(issuers, |one, other| one.issuer == other.issuer, "has an issuer twice")
    }
}
