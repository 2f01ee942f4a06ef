//! A time on a page.

use jiff::Timestamp;
use jiff::tz::Offset;

/// A time, for machines and for people. Scripts replace the text with the viewer's own time zone
/// and calendar. Without scripts it is in UTC and says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Time {
    /// RFC 3339, for the `datetime` attribute.
    pub datetime: String,
    /// A readable text.
    pub text: String,
}

impl Time {
    /// Formats a time in Unix seconds. One outside of the calendar is shown as the epoch.
    pub fn at(unix_seconds: i64) -> Self {
        let moment = Timestamp::from_second(unix_seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        let utc = Offset::UTC.to_datetime(moment);
        Self {
            datetime: moment.to_string(),
            text: format!(
                "{:04}-{:02}-{:02} {:02}:{:02} UTC",
                utc.year(),
                utc.month(),
                utc.day(),
                utc.hour(),
                utc.minute()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_for_machines_and_for_people() {
        let time = Time::at(1_764_074_342);

        assert_eq!(time.datetime, "2025-11-25T12:39:02Z");
        assert_eq!(time.text, "2025-11-25 12:39 UTC");
    }
}
