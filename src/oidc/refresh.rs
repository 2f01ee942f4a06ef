//! Checks of a refresh request (RFC 6749 §6).

use super::{OAuthError, OAuthErrorCode};
use crate::model::{Client, Grant, Scope, Timestamp, User};

/// Checks that a grant is still valid. Every token request ends with this check, so that a disabled
/// user gets no more tokens.
pub fn check_grant(grant: &Grant, client: &Client, user: &User) -> Result<(), OAuthError> {
    let refuse = |detail: &str| Err(OAuthError::new(OAuthErrorCode::InvalidGrant, detail));
    if grant.client_id != client.id {
        return refuse("it was issued to another client");
    }
    if grant.revoked_at.is_some() {
        return refuse("the grant was revoked");
    }
    if user.disabled { refuse("the user is disabled") } else { Ok(()) }
}

/// How long a used refresh token may be presented again, in seconds from its first use. A client
/// may send two requests at once, or repeat one whose response was lost. Each gets the same
/// successor.
pub const REPEAT_SECONDS: i64 = 30;

/// Whether a refresh token was used so recently that this may be a repeated request.
pub fn may_repeat(consumed_at: Timestamp, now: Timestamp) -> bool {
    // The clock of another server may be ahead, but no further than this. Otherwise setting the
    // clock back would make every used token valid again.
    (-REPEAT_SECONDS..=REPEAT_SECONDS).contains(&now.seconds_since(consumed_at))
}

/// The expiry of a refresh token: the end of its own lifetime or of the maximum lifetime for all
/// refresh tokens of the grant, whichever is first (RFC 9700 §4.14.2: the authorization server may
/// limit their lifetime).
pub fn expires_at(
    granted_at: Timestamp,
    seconds: i64,
    max_seconds: Option<i64>,
    now: Timestamp,
) -> Timestamp {
    let own = now.plus(seconds);
    max_seconds.map_or(own, |max_seconds| own.min(granted_at.plus(max_seconds)))
}

/// Checks that the maximum lifetime of a grant's refresh tokens has not passed.
pub fn check_age(
    granted_at: Timestamp,
    max_seconds: Option<i64>,
    now: Timestamp,
) -> Result<(), OAuthError> {
    if max_seconds.is_some_and(|max_seconds| granted_at.plus(max_seconds) <= now) {
        let detail = "the sign-in is older than refreshTokenMaxLifetime allows";
        return Err(OAuthError::new(OAuthErrorCode::InvalidGrant, detail));
    }
    Ok(())
}

/// Checks that the user's authentication is not older than the client's longest session age.
pub fn check_session_age(grant: &Grant, client: &Client, now: Timestamp) -> Result<(), OAuthError> {
    if client.session_ends_at(grant.auth_time) > now {
        return Ok(());
    }
    let detail = "the user's sign-in is older than maxSessionAgeMinutes allows";
    Err(OAuthError::new(OAuthErrorCode::InvalidGrant, detail))
}

/// Checks that the requested scope does not exceed the granted one (RFC 6749 §6). A smaller scope
/// still gets the full grant, which the response states (§3.3). Unknown scopes are ignored, as in
/// the authorization request.
pub fn check_scope(
    grant: &Grant,
    client: &Client,
    requested: Option<&str>,
) -> Result<(), OAuthError> {
    let requested = Scope::requested(requested.unwrap_or_default(), |name| client.has_scope(name));
    let requested = client.allowed_scope(requested);
    if grant.scope.covers(&requested) {
        Ok(())
    } else {
        let detail = "the refresh request asks for more than was granted";
        Err(OAuthError::new(OAuthErrorCode::InvalidScope, detail))
    }
}

/// Checks that a refresh token has not expired. The caller checks whether it was used before, since
/// a second use revokes the grant.
pub fn check_expiry(expires_at: Timestamp, now: Timestamp) -> Result<(), OAuthError> {
    if expires_at > now {
        Ok(())
    } else {
        Err(OAuthError::new(OAuthErrorCode::InvalidGrant, "the refresh token has expired"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    #[test]
    fn a_refresh_token_ends_with_its_own_time_or_with_that_of_its_family() {
        assert_eq!(expires_at(at(0), 600, None, at(100)), at(700));
        assert_eq!(expires_at(at(0), 600, Some(1_000), at(100)), at(700));
        assert_eq!(expires_at(at(0), 600, Some(1_000), at(900)), at(1_000));
        assert!(check_age(at(0), None, at(9_999)).is_ok());
        assert!(check_age(at(0), Some(1_000), at(999)).is_ok());
        assert!(check_age(at(0), Some(1_000), at(1_000)).is_err());
    }

    #[test]
    fn a_refresh_token_is_repeated_for_a_moment_only() {
        assert!(may_repeat(at(100), at(100)));
        assert!(may_repeat(at(100), at(99)), "the clock of another server");
        assert!(may_repeat(at(100), at(100 + REPEAT_SECONDS)));
        assert!(!may_repeat(at(100), at(101 + REPEAT_SECONDS)));
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_used_token_good_again() {
        assert!(may_repeat(at(100), at(100 - REPEAT_SECONDS)));
        assert!(!may_repeat(at(100), at(99 - REPEAT_SECONDS)));
        assert!(!may_repeat(at(100_000), at(100)));
    }
}
