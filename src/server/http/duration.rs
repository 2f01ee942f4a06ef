//! Durations in JSON, as Pocket ID 2.14 reads them: a number of seconds, or a string such as
//! `1h30m`.

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

use super::api_error::FieldError;
use crate::model::text::TextError;

/// The units in a string, in nanoseconds.
const UNITS: [(&str, f64); 8] = [
    ("ns", 1.0),
    ("us", 1e3),
    ("µs", 1e3),
    ("μs", 1e3),
    ("ms", 1e6),
    ("h", 3_600e9),
    ("m", 60e9),
    ("s", 1e9),
];
/// The maximum: 31 days, in seconds.
const MAX: f64 = 31.0 * 86_400.0;

/// A duration in seconds; `None` for an empty string.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::server) struct Duration(Option<f64>);

impl Duration {
    /// Returns the duration in seconds, or `usual` if it is absent or zero. It has to be longer
    /// than one second and at most 31 days.
    pub(in crate::server) fn or(self, usual: i64) -> Result<i64, FieldError> {
        match self.0.filter(|seconds| *seconds != 0.0) {
            None => Ok(usual),
            // The value is within bounds, so the cast only cuts off fractions.
            Some(seconds) if seconds > 1.0 && seconds <= MAX => Ok(seconds as i64),
            Some(_) => {
                let message = "is invalid".to_owned();
                Err(FieldError::new("ttl", TextError { code: "ttl", message }))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = match Value::deserialize(deserializer)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) if text.is_empty() => return Ok(Self(None)),
            Value::String(text) => parse(&text),
            _ => None,
        };
        let seconds = seconds.ok_or_else(|| D::Error::custom("a duration is expected"))?;
        Ok(Self(Some(seconds)))
    }
}

/// Parses a sequence of numbers with units.
fn parse(text: &str) -> Option<f64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0.0);
    }
    let mut sum = 0.0;
    while !rest.is_empty() {
        let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..length].parse().ok()?;
        rest = &rest[length..];
        let (unit, nanoseconds) = UNITS.iter().find(|(unit, _)| rest.starts_with(unit))?;
        rest = &rest[unit.len()..];
        sum += number * nanoseconds;
    }
    (text.len() <= 64).then_some(sign * sum / 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<Option<f64>> {
        serde_json::from_str::<Duration>(json).ok().map(|duration| duration.0)
    }

    #[test]
    fn a_duration_is_seconds_or_a_text_with_units() {
        for (json, seconds) in [
            ("600", 600.0),
            ("\"15m\"", 900.0),
            ("\"1h30m\"", 5_400.0),
            ("\"1.5h\"", 5_400.0),
            ("\"90000ms\"", 90.0),
            ("\"0\"", 0.0),
            ("\"-1h\"", -3_600.0),
        ] {
            assert_eq!(read(json), Some(Some(seconds)), "{json}");
        }
        assert_eq!(read("\"\""), Some(None));
        for bad in
            ["\"soon\"", "\"15\"", "\"m\"", "\"1h30\"", "\".\"", "true", "[]", "{}", "\"1d\""]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn it_is_more_than_a_second_and_at_most_a_month() {
        let of = |seconds| Duration(Some(seconds)).or(900).ok();
        assert_eq!((of(0.0), Duration(None).or(900).ok()), (Some(900), Some(900)));
        assert_eq!((of(1.5), of(744.0 * 3_600.0)), (Some(1), Some(744 * 3_600)));
        for bad in [1.0, -5.0, 744.0 * 3_600.0 + 1.0, f64::INFINITY, f64::NAN] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
