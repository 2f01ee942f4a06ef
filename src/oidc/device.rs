//! Token requests of devices (RFC 8628 §3.4 and §3.5).

use super::{OAuthError, OAuthErrorCode};
use crate::model::{ClientId, DeviceCode, DeviceCodeStatus, Timestamp};

/// Lifetime of a device code and its user code in seconds: fifteen minutes (Pocket ID 2.14).
pub const DEVICE_CODE_SECONDS: i64 = 900;

/// Initial interval between two polls, in seconds (RFC 8628 §3.2).
pub const INTERVAL_SECONDS: i64 = 5;

/// Added to the interval after each early poll, in seconds (RFC 8628 §3.5).
const SLOW_DOWN_SECONDS: i64 = 5;

/// Checks that a device code can be exchanged for tokens now. The caller checks whether it was used
/// before, since a second use revokes the grant.
pub fn check(code: &DeviceCode, client_id: &ClientId, now: Timestamp) -> Result<(), OAuthError> {
    let refuse = |error, detail: &str| Err(OAuthError::new(error, detail));
    if code.client_id != *client_id {
        return refuse(OAuthErrorCode::InvalidGrant, "it was issued to another client");
    }
    if code.expires_at <= now {
        return refuse(OAuthErrorCode::ExpiredToken, "the device code has expired");
    }
    match code.status {
        DeviceCodeStatus::Approved => Ok(()),
        DeviceCodeStatus::Consumed => refuse(OAuthErrorCode::InvalidGrant, "it was used before"),
        DeviceCodeStatus::Denied => refuse(OAuthErrorCode::AccessDenied, "it was denied"),
        DeviceCodeStatus::Pending => {
            refuse(OAuthErrorCode::AuthorizationPending, "the user has not answered")
        }
    }
}

/// Returns the interval after a poll that the user has not answered yet, and whether the poll was
/// early. An early poll lengthens the interval for this and all later polls.
pub fn next_pause(code: &DeviceCode, now: Timestamp) -> (i64, bool) {
    let pause = code.interval_seconds;
    match code.polled_at {
        Some(last) if now.seconds_since(last) < pause => {
            (pause.saturating_add(SLOW_DOWN_SECONDS), true)
        }
        _ => (pause, false),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::model::{GrantId, Scope};

    fn code(status: DeviceCodeStatus) -> DeviceCode {
        DeviceCode {
            id: GrantId(Uuid::nil()),
            client_id: "tv".parse().unwrap(),
            scope: Scope::parse("openid"),
            resource: None,
            ip_address: "192.0.2.1".to_owned(),
            status,
            interval_seconds: INTERVAL_SECONDS,
            polled_at: None,
            requested_at: Timestamp::from_unix(0),
            expires_at: Timestamp::from_unix(900),
        }
    }

    /// RFC 8628 §3.5.
    #[test]
    fn a_device_code_buys_tokens_when_it_was_allowed_and_in_its_time() {
        use OAuthErrorCode::{AccessDenied, AuthorizationPending, ExpiredToken, InvalidGrant};
        for (status, client, now, error) in [
            (DeviceCodeStatus::Approved, "tv", 899, None),
            (DeviceCodeStatus::Approved, "tv", 900, Some(ExpiredToken)),
            (DeviceCodeStatus::Approved, "other", 899, Some(InvalidGrant)),
            (DeviceCodeStatus::Pending, "tv", 899, Some(AuthorizationPending)),
            (DeviceCodeStatus::Pending, "tv", 900, Some(ExpiredToken)),
            (DeviceCodeStatus::Pending, "other", 900, Some(InvalidGrant)),
            (DeviceCodeStatus::Denied, "tv", 899, Some(AccessDenied)),
            (DeviceCodeStatus::Consumed, "tv", 899, Some(InvalidGrant)),
        ] {
            let checked = check(&code(status), &client.parse().unwrap(), Timestamp::from_unix(now));
            assert_eq!(checked.err().map(|error| error.code), error, "{status:?} {client} {now}");
        }
    }

    /// RFC 8628 §3.5: `slow_down` adds five seconds to this and all later pauses.
    #[test]
    fn a_poll_that_comes_too_early_makes_the_pause_longer() {
        let mut code = code(DeviceCodeStatus::Pending);
        let mut poll = |at| {
            let now = Timestamp::from_unix(at);
            let (pause, is_early) = next_pause(&code, now);
            (code.interval_seconds, code.polled_at) = (pause, Some(now));
            (pause, is_early)
        };
        assert_eq!(poll(1), (5, false));
        assert_eq!(poll(6), (5, false));
        assert_eq!(poll(10), (10, true));
        assert_eq!(poll(19), (15, true));
        assert_eq!(poll(34), (15, false));
    }
}
