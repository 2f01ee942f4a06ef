//! Schedules in cron format: five fields, in UTC.

use std::{fmt, ops::RangeInclusive, str::FromStr};

use jiff::{civil::Date, tz::Offset};

use super::Timestamp;

const SECONDS_OF_A_DAY: i64 = 86_400;
/// How far to search: 29 February can be eight years away, and on a given weekday forty.
const MAX_DAYS: i64 = 366 * 41;

const MONTHS: &[&str] =
    &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// A schedule: minutes, hours, days of the month, months, days of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The five fields, as text.
    text: String,
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
}

/// The allowed numbers of a field, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Field {
    bits: u64,
    /// Whether it begins with a star. Then the other field of days decides as well.
    is_star: bool,
}

impl Field {
    fn has(self, number: i64) -> bool {
        u32::try_from(number)
            .is_ok_and(|number| self.bits.checked_shr(number).unwrap_or(0) & 1 == 1)
    }
}

impl Schedule {
    /// Returns the first scheduled moment after another.
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        let first_day = moment.as_unix().div_euclid(SECONDS_OF_A_DAY);
        (first_day..first_day + MAX_DAYS)
            .filter(|day| self.has_day(*day))
            .flat_map(|day| self.minutes_of(day))
            .find(|found| *found > moment)
    }

    fn has_day(&self, day: i64) -> bool {
        let Some(date) = date_of(day) else { return false };
        let in_month = self.days.has(date.day().into());
        // 1970-01-01 was a Thursday.
        let in_week = self.weekdays.has((day + 4).rem_euclid(7));
        let is_day = if self.days.is_star || self.weekdays.is_star {
            in_month && in_week
        } else {
            in_month || in_week
        };
        is_day && self.months.has(date.month().into())
    }

    fn minutes_of(&self, day: i64) -> impl Iterator<Item = Timestamp> {
        let hours = (0..24).filter(|hour| self.hours.has(*hour));
        hours.flat_map(move |hour| {
            let minutes = (0..60).filter(|minute| self.minutes.has(*minute));
            minutes.map(move |minute| {
                Timestamp::from_unix(day * SECONDS_OF_A_DAY + hour * 3_600 + minute * 60)
            })
        })
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn date_of(day: i64) -> Option<Date> {
    let moment = jiff::Timestamp::from_second(day.checked_mul(SECONDS_OF_A_DAY)?).ok()?;
    Some(Offset::UTC.to_datetime(moment).date())
}

impl FromStr for Schedule {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "is not a schedule such as @daily or 30 3 * * * (minute, hour, day of the \
                             month, month, day of the week; in UTC)";
        let text = match text.trim() {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" | "@annually" => "0 0 1 1 *",
            text => text,
        };
        let fields: Vec<_> = text.split_ascii_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields[..] else { return Err(WRONG) };
        let mut weekdays = field(weekdays, &(0..=7), WEEKDAYS).ok_or(WRONG)?;
        // Sunday is 0 or 7.
        weekdays.bits = (weekdays.bits | weekdays.bits >> 7) & 0x7f;
        let schedule = Self {
            text: fields.join(" "),
            minutes: field(minutes, &(0..=59), &[]).ok_or(WRONG)?,
            hours: field(hours, &(0..=23), &[]).ok_or(WRONG)?,
            days: field(days, &(1..=31), &[]).ok_or(WRONG)?,
            months: field(months, &(1..=12), MONTHS).ok_or(WRONG)?,
            weekdays,
        };
        match schedule.next_after(Timestamp::from_unix(0)) {
            Some(_) => Ok(schedule),
            None => Err("names a day that does not exist"),
        }
    }
}

/// Parses a list of `*`, numbers and ranges, each with an optional step.
fn field(text: &str, bounds: &RangeInclusive<u32>, names: &[&str]) -> Option<Field> {
    let mut bits = 0;
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(digits(step).filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (*bounds.start(), *bounds.end()),
            Some((first, last)) => (number(first, bounds, names)?, number(last, bounds, names)?),
            None => {
                let first = number(range, bounds, names)?;
                (first, if step.is_some() { *bounds.end() } else { first })
            }
        };
        if first > last {
            return None;
        }
        for number in (first..=last).step_by(usize::try_from(step.unwrap_or(1)).ok()?) {
            bits |= 1 << number;
        }
    }
    Some(Field { bits, is_star: text.starts_with('*') })
}

fn number(text: &str, bounds: &RangeInclusive<u32>, names: &[&str]) -> Option<u32> {
    let named = names.iter().position(|name| name.eq_ignore_ascii_case(text));
    // Months start at 1, weekdays at 0.
    let named =
        named.and_then(|place| u32::try_from(place).ok()).map(|place| place + bounds.start());
    named.or_else(|| digits(text)).filter(|number| bounds.contains(number))
}

fn digits(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.len() <= 4 && text.bytes().all(|c| c.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(schedule: &str, after: &str) -> String {
        let schedule: Schedule = schedule.parse().unwrap();
        schedule.next_after(after.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn the_next_moment_is_found() {
        for (schedule, after, expected) in [
            ("@daily", "2026-11-24T08:00:00Z", "2026-11-25T00:00:00Z"),
            ("@daily", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z"),
            ("@hourly", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"),
            ("@weekly", "2026-11-24T08:00:00Z", "2026-11-29T00:00:00Z"),
            ("@monthly", "2026-11-24T08:00:00Z", "2026-12-01T00:00:00Z"),
            ("@yearly", "2026-11-24T08:00:00Z", "2027-01-01T00:00:00Z"),
            ("* * * * *", "2026-11-24T08:00:01Z", "2026-11-24T08:01:00Z"),
            ("30 3 * * *", "2026-11-24T03:29:59Z", "2026-11-24T03:30:00Z"),
            ("*/15 8-10 * * *", "2026-11-24T08:15:00Z", "2026-11-24T08:30:00Z"),
            ("5/20 * * * *", "2026-11-24T08:25:00Z", "2026-11-24T08:45:00Z"),
            ("0 0 * * mon-fri", "2026-11-27T08:00:00Z", "2026-11-30T00:00:00Z"),
            ("0 0 * * 7", "2026-11-24T08:00:00Z", "2026-11-29T00:00:00Z"),
            ("0 0 29 2 *", "2026-11-24T08:00:00Z", "2028-02-29T00:00:00Z"),
            ("0 0 1,15 JUN *", "2026-11-24T08:00:00Z", "2027-06-01T00:00:00Z"),
            // If both fields of days are restricted, either may match.
            ("0 0 13 * 5", "2026-11-24T08:00:00Z", "2026-11-27T00:00:00Z"),
            ("0 0 13 * *", "2026-11-24T08:00:00Z", "2026-12-13T00:00:00Z"),
            ("0 0 */2 * mon", "2026-11-24T08:00:00Z", "2026-12-07T00:00:00Z"),
        ] {
            assert_eq!(next(schedule, after), expected, "{schedule} after {after}");
        }
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for text in [
            "",
            "@often",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * 32 * *",
            "* * * 13 *",
            "* * * * 8",
            "-1 * * * *",
            "1- * * * *",
            "5-1 * * * *",
            "*/0 * * * *",
            "*/x * * * *",
            "1,,2 * * * *",
            "a * * * *",
            "+1 * * * *",
            "1.5 * * * *",
            "0 0 30 2 *",
            "0 0 31 4,6 *",
            "99999999999 * * * *",
        ] {
            assert!(text.parse::<Schedule>().is_err(), "{text}");
        }
    }
}
