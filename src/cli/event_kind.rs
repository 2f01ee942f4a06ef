//! Kinds of events as arguments.

use crate::model::{EventKind, near};

/// Parses the name of a kind of events.
pub fn parse(text: &str) -> Result<EventKind, String> {
    EventKind::parse(text).ok_or_else(|| {
        let names: Vec<_> = EventKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
        match near(text, &names)[..] {
            [] => format!("the kinds are {}", names.join(", ")),
            ref near => format!("did you mean {}?", near.join(" or ")),
        }
    })
}
