//! Timestamps in whole UTC seconds, and the clock.

use std::{
    cmp::Ordering,
    fmt,
    str::FromStr,
    sync::LazyLock,
    time::{Duration, Instant},
};

use serde::{Serialize, Serializer};

/// A moment, in seconds since 1970-01-01T00:00:00Z. Only the seconds are stored, shown and
/// compared.
///
/// The milliseconds of the clock are kept for ids created at this moment, so that rows of the same
/// second stay in order.
#[derive(Debug, Clone, Copy)]
pub struct Timestamp {
    seconds: i64,
    millis: u16,
}

impl Timestamp {
    /// Stands for the end of what does not end. For comparisons only: it is in no calendar.
    pub const FAR_AWAY: Self = Self::from_unix(i64::MAX);

    /// Returns the form for file names, without characters that some file systems reject.
    pub fn compact(self) -> String {
        self.to_string().replace(['-', ':'], "")
    }

    /// Creates a timestamp from seconds since the epoch.
    pub const fn from_unix(seconds: i64) -> Self {
        Self { seconds, millis: 0 }
    }

    /// Returns seconds since the epoch, as in `exp` and `iat`.
    pub const fn as_unix(self) -> i64 {
        self.seconds
    }

    /// Returns milliseconds since the epoch, as in a UUIDv7; zero for earlier moments.
    pub fn as_unix_millis(self) -> u64 {
        let seconds = u64::try_from(self.seconds).unwrap_or(0);
        seconds.saturating_mul(1_000).saturating_add(self.millis.into())
    }

    /// Returns the moment `seconds` later.
    pub const fn plus(self, seconds: i64) -> Self {
        Self { seconds: self.seconds.saturating_add(seconds), millis: self.millis }
    }

    /// Returns the seconds from `earlier` to this moment; negative if `earlier` is later.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.seconds.saturating_sub(earlier.seconds)
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.seconds == other.seconds
    }
}

impl Eq for Timestamp {}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.seconds.cmp(&other.seconds)
    }
}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Timestamp {
    /// Parses RFC 3339 strictly, with a time and an offset, for input from programs.
    pub fn parse_rfc3339(text: &str) -> Result<Self, &'static str> {
        let has = |place: usize, byte: u8| text.as_bytes().get(place) == Some(&byte);
        let has_offset = text.ends_with('Z')
            || text.len().checked_sub("+01:00".len()).is_some_and(|place| {
                (has(place, b'+') || has(place, b'-')) && has(place + "+01".len(), b':')
            });
        if has(10, b'T') && has(13, b':') && has(16, b':') && has_offset {
            text.parse()
        } else {
            Err("write it as in 2026-11-24T08:00:00Z")
        }
    }
}

/// Parses RFC 3339, or a date, which means midnight UTC.
impl FromStr for Timestamp {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let midnight = format!("{text}T00:00:00Z");
        let text = if text.len() == "2026-11-24".len() { &midnight } else { text };
        let moment: jiff::Timestamp =
            text.parse().map_err(|_| "write it as in 2026-11-24 or 2026-11-24T08:00:00Z")?;
        Ok(Self::from_unix(moment.as_second()))
    }
}

/// Parses the `Date` header of an HTTP message (RFC 9110 §5.6.7) in its current format.
pub fn parse_http_date(text: &str) -> Option<Timestamp> {
    let moment = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(Timestamp::from_unix(moment.timestamp().as_second()))
}

/// Formats as RFC 3339 in UTC, such as `2026-11-24T08:00:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.seconds) {
            Ok(moment) => moment.fmt(f),
            Err(_) => self.seconds.fmt(f),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The source of time. Tests set it by hand.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Returns the current moment.
    fn now(&self) -> Timestamp;

    /// Returns the time since a moment that stays the same. Unlike the time of day, it is never set back.
    fn uptime(&self) -> Duration;
}

/// The operating system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        let elapsed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let elapsed = elapsed.unwrap_or_default();
        Timestamp {
            seconds: i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX),
            millis: u16::try_from(elapsed.subsec_millis()).unwrap_or_default(),
        }
    }

    fn uptime(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_an_http_message_is_read() {
        let moment = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(moment, Some(Timestamp::from_unix(784_111_777)));
        assert_eq!(parse_http_date("yesterday"), None);
    }

    #[test]
    fn a_moment_is_its_second_and_its_ids_are_in_the_order_of_its_milliseconds() {
        let (early, late) =
            (Timestamp { seconds: 7, millis: 1 }, Timestamp { seconds: 7, millis: 999 });
        assert_eq!(early, late);
        assert_eq!(late.as_unix_millis() - early.as_unix_millis(), 998);
        assert!(early.plus(1) > late);
        assert_eq!(late.to_string(), "1970-01-01T00:00:07Z");
    }

    #[test]
    fn moments_are_read_as_rfc_3339_or_as_a_day() {
        for (text, seconds) in [
            ("1970-01-02", 86_400),
            ("1970-01-02T00:00:01Z", 86_401),
            ("1970-01-02T01:00:00+01:00", 86_400),
        ] {
            assert_eq!(text.parse(), Ok(Timestamp::from_unix(seconds)), "{text}");
        }
        for text in ["", "yesterday", "1970-13-01", "1970-01-02T00:00:01", "1970-01-0é"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn programs_have_to_write_the_time_and_the_offset() {
        for text in ["1970-01-02T00:00:01Z", "1970-01-02T01:00:01+01:00", "1970-01-02T00:00:01.9Z"]
        {
            assert_eq!(Timestamp::parse_rfc3339(text), Ok(Timestamp::from_unix(86_401)), "{text}");
        }
        for text in ["", "1970-01-02", "1970-01-02T00:00Z", "1970-01-02 00:00:01Z", "1970-01-02T0é"]
        {
            assert!(Timestamp::parse_rfc3339(text).is_err(), "{text}");
        }
        assert!(Timestamp::parse_rfc3339("1970-01-02T00:00:01+0100").is_err());
    }

    #[test]
    fn moments_print_as_rfc_3339_in_utc() {
        assert_eq!(Timestamp::from_unix(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(Timestamp::from_unix(1_764_074_342).to_string(), "2025-11-25T12:39:02Z");
    }
}
