//! Checks the clock: a wrong clock breaks tokens and links.

use super::{Finding, Surroundings};
use crate::store::{StoreError, audit_events};

/// The clock differences, in seconds, that cause a warning, and that make applications refuse
/// tokens.
const APART: i64 = 30;
const FAR_APART: i64 = 300;

const MEND: &str = "synchronise the clock, as with systemd-timesyncd or chrony";

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let mut found = Vec::new();
    if let Some(store) = around.store()
        && let Some(newest) = store.read_blocking(audit_events::newest)?
        && newest.seconds_since(around.now) > APART
    {
        found.push(Finding::problem(
            format!(
                "the clock is behind: it says {}, and the newest audit entry is of {newest}",
                around.now
            ),
            MEND,
        ));
    }
    if let Some(date) = around.answer().and_then(|seen| seen.date) {
        let apart = date.seconds_since(around.now).abs();
        let told = format!("the clock differs by {apart} s from that of the server at APP_URL");
        if apart > FAR_APART {
            found.push(Finding::problem(told, MEND));
        } else if apart > APART {
            found.push(Finding::warning(told, MEND));
        }
    }
    if found.is_empty() {
        found.push(Finding::ok(format!("it is {}", around.now)));
    }
    Ok(found)
}
