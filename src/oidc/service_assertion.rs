//! Assertions of services as authorization grants (RFC 7523 §2.1 and §3).

use super::{
    OAuthError, OAuthErrorCode,
    client_assertion::{AssertionClaims, Expected, SKEW},
};
use crate::model::{FederatedIdentity, Timestamp};

/// How far in the future an assertion that a service signed itself may expire, in seconds: it is made for
/// one request.
pub const MAX_LIFE: i64 = 3_600;
/// The same for a token of another issuer that is accepted once: its `jti` has to be remembered that long.
pub const MAX_FEDERATED_LIFE: i64 = 24 * 3_600;
/// The maximum length of a `jti`, in bytes.
const MAX_JTI: usize = 256;

/// The error for an assertion that is not accepted. Only the log learns why.
pub fn refuse(detail: impl Into<String>) -> OAuthError {
    let description = "The assertion is malformed, expired, used, or of an unknown service.";
    OAuthError {
        description: description.to_owned(),
        ..OAuthError::new(OAuthErrorCode::InvalidGrant, detail)
    }
}

/// The error when the client of a service refuses a request whose assertion was not verified: the same as for an unknown
/// service, so that strangers do not learn which services there are.
pub fn as_of_no_service(error: OAuthError) -> OAuthError {
    match error.code {
        OAuthErrorCode::ServerError | OAuthErrorCode::TemporarilyUnavailable => error,
        _ => refuse(error.detail),
    }
}

/// Checks an assertion that a service signed itself: it is issuer and subject, by one of its names.
pub fn check_own(
    claims: &AssertionClaims,
    audiences: &[&str],
    is_single: bool,
    now: Timestamp,
) -> Result<(), OAuthError> {
    let expected = Expected { issuer: &claims.iss, subject: &claims.iss, audiences, is_single };
    claims.check(expected, now).map_err(refuse)?;
    check_single_use(claims, MAX_LIFE, now)
}

/// Checks a token of another issuer.
pub fn check_federated(
    claims: &AssertionClaims,
    identity: &FederatedIdentity,
    own_issuer: &str,
    is_single: bool,
    now: Timestamp,
) -> Result<(), OAuthError> {
    let expected = Expected {
        issuer: &identity.issuer,
        subject: identity.subject.as_deref().unwrap_or_default(),
        audiences: &[identity.audience.as_deref().unwrap_or(own_issuer)],
        is_single,
    };
    claims.check(expected, now).map_err(refuse)?;
    if identity.replay_protection {
        check_single_use(claims, MAX_FEDERATED_LIFE, now)?;
    }
    Ok(())
}

fn check_single_use(
    claims: &AssertionClaims,
    max_life: i64,
    now: Timestamp,
) -> Result<(), OAuthError> {
    let is_right = |jti: &String| !jti.is_empty() && jti.len() <= MAX_JTI;
    if !claims.jti.as_ref().is_none_or(is_right) {
        return Err(refuse("the jti of the assertion is empty, or has more than 256 bytes"));
    }
    if claims.remembered_until().seconds_since(now) > max_life + 3 * SKEW {
        return Err(refuse("the assertion expires too far in the future"));
    }
    Ok(())
}
