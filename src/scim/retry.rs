//! When a request is repeated.

use std::time::Duration;

use crate::model::{Timestamp, parse_http_date};

/// How often a request is sent at most.
pub const MAX_ATTEMPTS: u32 = 3;
/// The longest wait that an endpoint is granted. A longer one ends the synchronisation, which begins
/// again later.
const MAX_PAUSE: Duration = Duration::from_secs(60);
/// The first wait when the endpoint does not say how long; the next ones are twice as long.
const PAUSE: Duration = Duration::from_millis(500);

/// How long to wait before a request is sent again, after this number of attempts. `None` if it is
/// not to be sent again: the answer is no request to wait, or it was the last attempt.
///
/// `Retry-After` has seconds or a date (RFC 9110 §10.2.3).
pub fn pause_before_retry(
    status: u16,
    retry_after: Option<&str>,
    attempts: u32,
    now: Timestamp,
) -> Option<Duration> {
    if !matches!(status, 429 | 503) || attempts >= MAX_ATTEMPTS {
        return None;
    }
    let told = retry_after.map(str::trim).and_then(|text| {
        let until = |date: Timestamp| u64::try_from(date.seconds_since(now)).unwrap_or(0);
        text.parse().ok().or_else(|| parse_http_date(text).map(until)).map(Duration::from_secs)
    });
    let pause = told.unwrap_or(PAUSE * 2_u32.pow(attempts.saturating_sub(1)));
    (pause <= MAX_PAUSE).then_some(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(784_111_777);

    fn millis(status: u16, retry_after: Option<&str>, attempts: u32) -> Option<u128> {
        pause_before_retry(status, retry_after, attempts, NOW).map(|pause| pause.as_millis())
    }

    #[test]
    fn an_endpoint_that_is_busy_is_asked_three_times() {
        assert_eq!(millis(429, None, 1), Some(500));
        assert_eq!(millis(503, None, 2), Some(1_000));
        assert_eq!(millis(429, None, 3), None);
        for status in [200, 400, 401, 404, 409, 500] {
            assert_eq!(millis(status, Some("1"), 1), None);
        }
    }

    #[test]
    fn an_endpoint_says_how_long_to_wait_but_not_longer_than_a_minute() {
        assert_eq!(millis(429, Some("7"), 1), Some(7_000));
        assert_eq!(millis(429, Some("Sun, 06 Nov 1994 08:49:41 GMT"), 1), Some(4_000));
        assert_eq!(millis(429, Some("Sun, 06 Nov 1994 08:00:00 GMT"), 1), Some(0));
        assert_eq!(millis(429, Some("61"), 1), None);
        assert_eq!(millis(429, Some("soon"), 1), Some(500));
        assert_eq!(millis(429, Some("-5"), 1), Some(500));
    }
}
