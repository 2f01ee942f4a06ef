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

/// For how long after its first use a refresh token may be presented again, in seconds. Its client asks
/// twice at once, or asks again because the answer was lost; each time it gets the same successor.
pub const REPEAT_SECONDS: i64 = 30;

/// Whether a used refresh token was used so lately that its client may be repeating itself.
pub fn may_repeat(consumed_at: Timestamp, now: Timestamp) -> bool {
    // Another server's clock may be ahead of ours, but not by more: otherwise a clock that is set back makes
    // every used token good again.
    (-REPEAT_SECONDS..=REPEAT_SECONDS).contains(&now.seconds_since(consumed_at))
}

/// When a refresh token ends: with its own time, or with that of all the refresh tokens of its grant
/// (RFC 9700 §4.14.2: the authorization server may limit their life).
pub fn expires_at(
    granted_at: Timestamp,
    seconds: i64,
    max_seconds: Option<i64>,
    now: Timestamp,
) -> Timestamp {
    let own = now.plus(seconds);
    max_seconds.map_or(own, |max_seconds| own.min(granted_at.plus(max_seconds)))
}

/// Checks that the refresh tokens of a grant may still be renewed.
pub fn check_age(
    granted_at: Timestamp,
    max_seconds: Option<i64>,
    now: Timestamp,
) -> Result<(), OAuthError> {
    if max_seconds.is_some_and(|max_seconds| granted_at.plus(max_seconds) <= now) {
        let detail = "the sign-in is longer ago than refreshTokenMaxLifetime allows";
        return Err(OAuthError::new(OAuthErrorCode::InvalidGrant, detail));
    }
    Ok(())
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
