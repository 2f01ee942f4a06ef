//! Lifetimes of links, tokens and secrets.

use std::{fmt, str::FromStr};

use crate::model::Client;

/// One minute: less is too short to type the code.
const MIN: i64 = 60;
/// The longest lifetime of a link.
const MAX_DAYS: i64 = 31;

const UNITS: [(char, i64, &str); 4] =
    [('d', 86_400, "day"), ('h', 3_600, "hour"), ('m', 60, "minute"), ('s', 1, "second")];

/// A lifetime in seconds, within limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ttl(i64);

impl Ttl {
    /// One hour.
    pub const HOUR: Self = Self(3_600);

    /// A lifetime that was validated already.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// The number of seconds.
    pub fn seconds(self) -> i64 {
        self.0
    }
}

impl FromStr for Ttl {
    type Err = String;

    /// Parses `15m`, `1h30m`, or a number of seconds.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text, MAX_DAYS)
    }
}

/// Parses the lifetime of a token: whole minutes, up to a year.
pub fn parse_of_token(text: &str) -> Result<Ttl, String> {
    let ttl = parse(text, 365)?;
    match ttl.seconds() % 60 {
        0 => Ok(ttl),
        _ => Err("it must be whole minutes".to_owned()),
    }
}

/// Parses the longest age of a session: whole minutes, from five minutes to a year.
pub fn parse_of_session(text: &str) -> Result<Ttl, String> {
    let min = *Client::SESSION_AGE_MINUTES.start();
    if seconds(text).is_some_and(|seconds| seconds < min * 60) {
        return Err(format!("it must be at least {min}m"));
    }
    parse_of_token(text)
}

/// Whether a text has the form of a lifetime, within limits or not.
pub fn is_lifetime(text: &str) -> bool {
    seconds(text).is_some()
}

/// Parses the lifetime of a client secret or an API key: up to ten years.
pub fn parse_of_secret(text: &str) -> Result<Ttl, String> {
    parse(text, 3_650)
}

/// Parses a past duration such as `2h` into seconds; `None` for any other form.
pub fn parse_ago(text: &str) -> Option<i64> {
    sum_of_units(text).filter(|seconds| !text.is_empty() && *seconds <= 3_650 * 86_400)
}

fn parse(text: &str, max_days: i64) -> Result<Ttl, String> {
    match seconds(text) {
        None => Err("write it as in 15m, 1h30m, 2d, or as a number of seconds".to_owned()),
        Some(..MIN) => Err("it must be at least 1m".to_owned()),
        Some(seconds) if seconds > max_days * 86_400 => {
            Err(format!("it must be at most {max_days}d"))
        }
        Some(seconds) => Ok(Ttl(seconds)),
    }
}

fn seconds(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        sum_of_units(text)
    }
}

fn sum_of_units(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let unit = rest[end..].chars().next()?;
        let (_, seconds, _) = UNITS.iter().find(|(letter, ..)| *letter == unit)?;
        let amount: i64 = rest[..end].parse().ok()?;
        total = total.checked_add(amount.checked_mul(*seconds)?)?;
        rest = &rest[end + unit.len_utf8()..];
    }
    Some(total)
}

/// Formats in words, such as `1 hour 30 minutes`.
impl fmt::Display for Ttl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        let mut words = Vec::new();
        for (_, seconds, name) in UNITS {
            match rest / seconds {
                0 => {}
                1 => words.push(format!("1 {name}")),
                amount => words.push(format!("{amount} {name}s")),
            }
            rest %= seconds;
        }
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_read_and_told_in_words() {
        for (text, seconds, words) in [
            ("15m", 900, "15 minutes"),
            ("1h30m", 5_400, "1 hour 30 minutes"),
            ("90s", 90, "1 minute 30 seconds"),
            ("3600", 3_600, "1 hour"),
            ("60", 60, "1 minute"),
            ("31d", 2_678_400, "31 days"),
        ] {
            let ttl: Ttl = text.parse().unwrap();
            assert_eq!((ttl.seconds(), ttl.to_string().as_str()), (seconds, words), "{text}");
        }
    }

    #[test]
    fn tokens_live_whole_minutes_up_to_a_year_and_secrets_ten_years() {
        assert_eq!(parse_of_token("365d").unwrap().seconds(), 31_536_000);
        assert_eq!(parse_of_secret("3650d").unwrap().seconds(), 315_360_000);
        for text in ["90s", "366d", "0"] {
            assert!(parse_of_token(text).is_err(), "{text}");
        }
        assert!(parse_of_secret("3651d").is_err());
        assert_eq!(parse_of_session("5m").unwrap().seconds(), 300);
        for text in ["366d", "301s", "soon"] {
            assert!(parse_of_session(text).is_err(), "{text}");
        }
        for text in ["4m", "299s", "90s", "0", "59"] {
            let fault = parse_of_session(text).unwrap_err();
            assert_eq!(fault, "it must be at least 5m", "{text}");
        }
    }

    #[test]
    fn a_life_out_of_bounds_or_without_sense_is_refused() {
        for text in ["", "59", "59s", "0", "32d", "31d1s", "m", "15", "1x", "-5m", "1h-5m", "1.5h"]
        {
            assert!(text.parse::<Ttl>().is_err(), "{text}");
        }
        assert!("99999999999999999999d".parse::<Ttl>().is_err());
        assert!("9223372036854775807d".parse::<Ttl>().is_err());
    }
}
