//! The date of a recipe.

use serde::{Deserialize, Serialize};

/// A date, as `2026-11-28`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(with = "String"))]
#[serde(try_from = "String")]
pub struct Date(String);

impl Date {
    /// The date as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Date {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let has_form = text.len() == 10
            && text.char_indices().all(|(index, c)| match index {
                4 | 7 => c == '-',
                _ => c.is_ascii_digit(),
            });
        let within = |part: std::ops::Range<usize>, last: u8| {
            text[part].parse().is_ok_and(|number: u8| (1..=last).contains(&number))
        };
        if has_form && within(5..7, 12) && within(8..10, 31) {
            Ok(Self(text))
        } else {
            Err(format!("`{text}` is not a day such as 2026-11-28"))
        }
    }
}
