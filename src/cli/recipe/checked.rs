//! The documentation that a recipe was last compared with, and the date.

use serde::{Deserialize, Serialize};

use super::{Recipe, fault::Fault};
use crate::model::text::is_web_address;

/// A date, as `2026-11-28`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
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

impl Recipe {
    /// Requires the page and the date together: one without the other is useless.
    pub(super) fn check_provenance(&self, text: &str) -> Result<(), Fault> {
        match (&self.checked_against, &self.checked_on) {
            (Some(page), _) if !is_web_address(page) => {
                let what = format!("`{page}` is not the address of a page");
                Err(Fault::in_value(text, page, what))
            }
            (Some(_), None) => {
                Err(Fault::at(text, "checked_against", "checked_on is missing: the day of it"))
            }
            (None, Some(_)) => {
                Err(Fault::at(text, "checked_on", "checked_against is missing: the page"))
            }
            _ if self.run.as_ref().is_some_and(|version| version.trim().is_empty()) => {
                Err(Fault::at(text, "run", "run is the version that was tried"))
            }
            _ => Ok(()),
        }
    }
}
