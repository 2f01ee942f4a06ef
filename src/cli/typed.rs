//! Parses ids and numbers, whose own errors speak of bytes and of types.

use std::{fmt, ops::RangeInclusive, str::FromStr};

/// Parses an id. `list` is the command that shows such ids.
pub fn id<T: FromStr>(text: &str, list: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("is not an id; to list them: {list}"))
}

/// Parses a whole number within bounds.
pub fn number<T>(text: &str, bounds: RangeInclusive<T>) -> Result<T, String>
where
    T: FromStr + PartialOrd + fmt::Display,
{
    text.parse().ok().filter(|number| bounds.contains(number)).ok_or_else(|| {
        format!("must be a whole number from {} to {}", bounds.start(), bounds.end())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SessionId;

    #[test]
    fn a_number_out_of_bounds_is_told_the_bounds() {
        assert_eq!(number("7", 1..=10), Ok(7));
        for text in ["abc", "0", "11", "-1", "", "1.5", "99999999999999999999"] {
            let fault = number::<i64>(text, 1..=10).unwrap_err();
            assert_eq!(fault, "must be a whole number from 1 to 10", "{text}");
        }
    }

    #[test]
    fn what_is_no_id_is_told_where_ids_are_listed() {
        let list = "pocketid session list";
        assert!(id::<SessionId>("019abcde-1234-7000-8000-0123456789ab", list).is_ok());
        let fault = id::<SessionId>("nope", list).unwrap_err();
        assert_eq!(fault, "is not an id; to list them: pocketid session list");
    }
}
