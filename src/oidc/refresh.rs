//! What a refresh request has to match (RFC 6749 §6).

use super::{OAuthError, OAuthErrorCode};
use crate::model::{Client, Grant, Scope, Timestamp, User};

/// Checks that a grant may still give tokens. Every token request ends here, so that somebody who
/// was disabled gets no more of them.
pub fn check_grant(grant: &Grant, client: &Client, user: &User) -> Result<(), OAuthError> {
    let refuse = |detail: &str| Err(OAuthError::new(OAuthErrorCode::InvalidGrant, detail));
    if grant.client_id != client.id {
        return refuse("it was issued to another client");
    }
    if grant.revoked_at.is_some() {
        return refuse("the grant was revoked");
    }
    match user.disabled {
        true => refuse("the user is disabled"),
        false => Ok(()),
    }
}

/// RFC 6749 §6: the scope asked for must not go beyond what was granted. Less than that is granted
/// whole all the same, and the answer says so (§3.3); what may be unknown is ignored, as it was when
/// the user was asked.
pub fn check_scope(
    grant: &Grant,
    client: &Client,
    requested: Option<&str>,
) -> Result<(), OAuthError> {
    let requested = Scope::requested(requested.unwrap_or_default(), |name| client.has_scope(name));
    match grant.scope.covers(&requested) {
        true => Ok(()),
        false => {
            let detail = "the refresh request asks for more than was granted";
            Err(OAuthError::new(OAuthErrorCode::InvalidScope, detail))
        }
    }
}

/// Checks that a refresh token is still good. Whether it was used before is the caller's question,
/// since the answer revokes the grant.
pub fn check_expiry(expires_at: Timestamp, now: Timestamp) -> Result<(), OAuthError> {
    match expires_at > now {
        true => Ok(()),
        false => {
            Err(OAuthError::new(OAuthErrorCode::InvalidGrant, "the refresh token has expired"))
        }
    }
}
