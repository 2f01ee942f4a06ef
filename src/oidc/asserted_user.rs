//! Identity assertions of other issuers as authorization grants: a client gets a token for the user that its issuer
//! names (RFC 7523 §2.1, draft-ietf-oauth-identity-assertion-authz-grant-04).

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use super::{
    OAuthError, OAuthErrorCode,
    client_assertion::{AssertionClaims, Expected, SKEW},
    client_scope,
};
use crate::model::{ApiAccess, Confirmation, EmailAddress, Resource, Scope, ScopeToken, Timestamp};

/// The name of the profile of the grant, in the metadata.
pub const GRANT_PROFILE: &str = "urn:ietf:params:oauth:grant-profile:id-jag";

/// How far in the future an assertion may expire, in seconds. Until then its client may use it again.
const MAX_LIFE: i64 = 3_600;
/// The longest `sub` and `jti`, in bytes.
const MAX_NAME: usize = 2_048;

/// The claims of an identity assertion.
#[derive(Debug, Clone, Deserialize)]
pub struct AssertedUserClaims {
    #[serde(flatten)]
    assertion: AssertionClaims,
    /// The id that the client has here.
    client_id: String,
    resource: Option<OneOrMore>,
    scope: Option<String>,
    auth_time: Option<f64>,
    email: Option<String>,
    email_verified: Option<bool>,
    cnf: Option<BoundTo>,
}

/// The key of its holder (RFC 7800, RFC 9449 §6.1).
#[derive(Debug, Clone, Deserialize)]
struct BoundTo {
    jkt: Option<String>,
    #[serde(flatten)]
    others: BTreeMap<String, IgnoredAny>,
}

/// The `resource` may be one or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// The error for an assertion that is not accepted. Only the log learns why.
pub fn refuse(detail: impl Into<String>) -> OAuthError {
    let description =
        "The assertion is malformed, expired, for another client, or of an unknown issuer or user.";
    OAuthError {
        description: description.to_owned(),
        ..OAuthError::new(OAuthErrorCode::InvalidGrant, detail)
    }
}

impl AssertedUserClaims {
    /// The issuer.
    pub fn issuer(&self) -> &str {
        &self.assertion.iss
    }

    /// The user, by the name that the issuer has for them.
    pub fn subject(&self) -> &str {
        &self.assertion.sub
    }

    /// The email address that the issuer has verified.
    pub fn verified_email(&self) -> Option<EmailAddress> {
        let email = self.email.as_ref().filter(|_| self.email_verified == Some(true))?;
        email.parse().ok()
    }

    /// When the user authenticated. If the issuer does not say so, it is long ago: too old for each client with a
    /// longest session age, also for one that the token is exchanged by.
    pub fn auth_time(&self, now: Timestamp) -> Timestamp {
        let moment = self.auth_time.unwrap_or_default();
        Timestamp::from_unix(moment.floor() as i64).min(now)
    }

    /// Whether the issuer says when the user authenticated.
    pub fn has_auth_time(&self) -> bool {
        self.auth_time.is_some()
    }

    /// Checks that the assertion is for this client and this server, and of now.
    pub fn check(
        &self,
        client_id: &str,
        own_issuer: &str,
        now: Timestamp,
    ) -> Result<(), OAuthError> {
        let claims = &self.assertion;
        let audiences = [own_issuer];
        // The draft allows one audience only: another server could pass it on to this one.
        let expected = Expected {
            issuer: &claims.iss,
            subject: &claims.sub,
            audiences: &audiences,
            is_single: true,
        };
        claims.check(expected, now).map_err(refuse)?;
        if self.client_id != client_id {
            return Err(refuse("the client_id of the assertion is another one"));
        }
        if self.cnf.as_ref().is_some_and(|cnf| cnf.jkt.is_none() || !cnf.others.is_empty()) {
            return Err(refuse("the assertion is bound to something else than a DPoP key"));
        }
        let is_name = |text: &String| !text.is_empty() && text.len() <= MAX_NAME;
        if !is_name(&claims.sub) || !claims.jti.as_ref().is_some_and(is_name) {
            return Err(refuse("the sub or the jti of the assertion is missing or too long"));
        }
        if claims.iat.is_none() {
            return Err(refuse("the assertion has no iat"));
        }
        if claims.exp > (now.as_unix() + MAX_LIFE + SKEW) as f64 {
            return Err(refuse("the assertion expires too far in the future"));
        }
        Ok(())
    }

    /// Checks that the key is shown that the assertion is bound to.
    pub fn check_binding(&self, shown: &Confirmation) -> Result<(), OAuthError> {
        let Some(jkt) = self.cnf.as_ref().and_then(|cnf| cnf.jkt.as_deref()) else { return Ok(()) };
        let is_shown = shown.jkt.as_ref().is_some_and(|shown| shown.as_str() == jkt);
        if is_shown {
            Ok(())
        } else {
            Err(refuse("the assertion is bound to a key that was not shown"))
        }
    }

    /// The API that the token is for: the one that is asked for, which has to be one of the assertion if that names
    /// some, or else the only one of the assertion.
    pub fn resource(&self, asked: Option<&Resource>) -> Result<Resource, OAuthError> {
        let named = match &self.resource {
            None => &[],
            Some(OneOrMore::One(one)) => std::slice::from_ref(one),
            Some(OneOrMore::More(more)) => more.as_slice(),
        };
        match (asked, named) {
            (Some(asked), []) => Ok(asked.clone()),
            (Some(asked), named) if named.iter().any(|one| one == asked.as_str()) => {
                Ok(asked.clone())
            }
            (None, [one]) => one.parse().map_err(|_| {
                OAuthError::invalid_target("The resource of the assertion is no absolute URI.")
            }),
            (None, _) => Err(OAuthError::invalid_target("Name the API in the parameter resource.")),
            (Some(_), _) => {
                Err(OAuthError::invalid_target("The assertion is for another resource."))
            }
        }
    }

    /// The scope of the token at this API: the requested one, which must not exceed that of the assertion, or else that
    /// of the assertion as far as the client may use it.
    pub fn scope(&self, asked: Option<&str>, access: &ApiAccess) -> Result<Scope, OAuthError> {
        let words = |text: &str| -> Vec<String> {
            text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let claimed = self.scope.as_deref().map(words);
        let wanted = match (asked, &claimed) {
            (None, None) => Vec::new(),
            (None, Some(claimed)) => {
                let is_known =
                    |word: &String| access.permissions.iter().any(|key| key.as_str() == word);
                claimed.iter().filter(|word| is_known(word)).cloned().collect()
            }
            (Some(asked), claimed) => {
                let asked = words(asked);
                let is_claimed = |word: &String| {
                    claimed.as_ref().is_none_or(|claimed| claimed.contains(word))
                        || ScopeToken::BUILT_IN.contains(&word.as_str())
                };
                if !asked.iter().all(is_claimed) {
                    return Err(OAuthError::explained(
                        OAuthErrorCode::InvalidScope,
                        "The client asked for a scope that the assertion does not have.",
                    ));
                }
                asked
            }
        };
        let granted = client_scope::granted(Some(&wanted.join(" ")), Some(access))?;
        Ok(Scope::requested(&granted, |_| true))
    }
}
