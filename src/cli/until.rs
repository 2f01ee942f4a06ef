//! Reads the value of `--until`: a duration from now, a date, a time, or never.

use super::ttl;
use crate::{model::Timestamp, operations::groups::MembershipEnd};

/// The end of a membership, as it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// So many seconds from now.
    After(i64),
    /// At this time.
    At(Timestamp),
    /// Not at all.
    Never,
}

impl Until {
    /// The time that is meant.
    pub fn end(self, now: Timestamp) -> MembershipEnd {
        match self {
            Self::After(seconds) => MembershipEnd::At(now.plus(seconds)),
            Self::At(end) => MembershipEnd::At(end),
            Self::Never => MembershipEnd::Never,
        }
    }
}

/// Parses `8h`, `30d`, `2026-12-31`, `2026-12-31T18:00:00Z` or `never`.
pub fn parse(text: &str) -> Result<Until, String> {
    if text.eq_ignore_ascii_case("never") {
        return Ok(Until::Never);
    }
    match text.parse() {
        Ok(end) => Ok(Until::At(end)),
        // A number alone would be seconds, also where a date such as 20261231 is meant.
        Err(_) if !ttl::is_lifetime(text) || text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err("write it as in 8h, 30d, 2026-12-31, 2026-12-31T18:00:00Z or never".to_owned())
        }
        Err(_) => Ok(Until::After(ttl::parse_of_secret(text)?.seconds())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_duration_a_date_a_time_or_never() {
        let day = Timestamp::from_unix(1_798_675_200);
        for (text, until) in [
            ("8h", Until::After(28_800)),
            ("1h30m", Until::After(5_400)),
            ("3650d", Until::After(315_360_000)),
            ("2026-12-31", Until::At(day)),
            ("2026-12-31T01:00:00+01:00", Until::At(day)),
            ("never", Until::Never),
            ("Never", Until::Never),
        ] {
            assert_eq!(parse(text), Ok(until), "{text}");
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "soon",
            "59s",
            "3651d",
            "8",
            "2027",
            "3600",
            "20261231",
            "-8h",
            "2026-13-01",
            "31.12.2026",
            "2026-12-31 18:00",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_form_that_is_refused_is_told_all_that_are_read() {
        for text in ["tomorrow", "31.01.2027", "11y", "30", "2026-13-01", ""] {
            assert!(parse(text).unwrap_err().contains("2026-12-31, "), "{text}");
        }
        assert_eq!(parse("3651d"), Err("it must be at most 3650d".to_owned()));
    }
}
