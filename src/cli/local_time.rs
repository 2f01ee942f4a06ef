//! Times for people: in the time zone of the terminal, or in UTC.

use jiff::tz::TimeZone;

use crate::model::Timestamp;

/// The time zone of a page.
#[derive(Debug)]
pub struct Zone {
    zone: TimeZone,
    is_chosen: bool,
}

/// How exact a time is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// For most times.
    Minutes,
    /// For a log.
    Seconds,
}

impl Zone {
    /// The zone of this machine or of the variable `TZ`; UTC where it is unknown.
    pub fn local() -> Self {
        let zone = TimeZone::try_system().unwrap_or(TimeZone::UTC);
        Self { zone, is_chosen: false }
    }

    /// UTC, as the person asked for.
    pub fn utc() -> Self {
        Self { zone: TimeZone::UTC, is_chosen: true }
    }

    /// The time with the abbreviation of its zone, for a sentence.
    pub fn sentence(&self, moment: Timestamp) -> String {
        self.format(moment, "%Y-%m-%d %H:%M %Z")
    }

    /// The time for a column. The zone is named only if the person chose it.
    pub fn cell(&self, moment: Timestamp, precision: Precision) -> String {
        let format = match precision {
            Precision::Minutes => "%Y-%m-%d %H:%M",
            Precision::Seconds => "%Y-%m-%d %H:%M:%S",
        };
        self.format(moment, format) + if self.is_chosen { " UTC" } else { "" }
    }

    fn format(&self, moment: Timestamp, format: &str) -> String {
        match jiff::Timestamp::from_second(moment.as_unix()) {
            Ok(at) => at.to_zoned_datetime(self.zone.clone()).strftime(format).to_string(),
            // Outside of the years that a calendar has.
            Err(_) => moment.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: Timestamp = Timestamp::from_unix(1_795_931_221);

    #[test]
    fn a_time_is_shown_in_its_zone() {
        let zone = TimeZone::fixed(jiff::tz::Offset::constant(2));
        let zone = Zone { zone, is_chosen: false };
        assert_eq!(zone.cell(MOMENT, Precision::Minutes), "2026-11-29 07:47");
        assert_eq!(zone.cell(MOMENT, Precision::Seconds), "2026-11-29 07:47:01");
        assert_eq!(zone.sentence(MOMENT), "2026-11-29 07:47 +02");
    }

    #[test]
    fn utc_is_named_where_it_was_asked_for() {
        assert_eq!(Zone::utc().cell(MOMENT, Precision::Minutes), "2026-11-29 05:47 UTC");
        assert_eq!(Zone::utc().sentence(MOMENT), "2026-11-29 05:47 UTC");
    }

    #[test]
    fn a_time_outside_of_the_calendar_is_shown_as_it_is_stored() {
        let moment = Timestamp::from_unix(i64::MAX);
        assert_eq!(Zone::utc().sentence(moment), moment.to_string());
    }
}
