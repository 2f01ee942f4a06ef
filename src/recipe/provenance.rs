//! Checks the documentation that a recipe was last compared with.

use super::{Recipe, fault::RecipeFault};
use crate::model::text::is_web_address;

impl Recipe {
    /// Requires the page and the date together: one without the other is useless.
    pub(super) fn check_provenance(&self, text: &str) -> Result<(), RecipeFault> {
        match (&self.checked_against, &self.checked_on) {
            (Some(page), _) if !is_web_address(page) => {
                let what = format!("`{page}` is not the address of a page");
                Err(RecipeFault::in_value(text, page, what))
            }
            (Some(_), None) => Err(RecipeFault::at(
                text,
                "checked_against",
                "checked_on is missing: the day of it",
            )),
            (None, Some(_)) => {
                Err(RecipeFault::at(text, "checked_on", "checked_against is missing: the page"))
            }
            _ if self.run.as_ref().is_some_and(|version| version.trim().is_empty()) => {
                Err(RecipeFault::at(text, "run", "run is the version that was tried"))
            }
            _ => Ok(()),
        }
    }
}
