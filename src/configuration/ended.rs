//! Memberships that have ended since the file was written: these users are not members, although the file lists
//! them.

use std::{borrow::Cow, collections::BTreeSet};

use serde_json::Value;

use super::document::{Document, Entity, EntityKind};
use crate::model::Timestamp;

/// Returns the document without memberships that have ended, so that a file keeps its meaning after that.
pub fn without_ended(document: &Document, now: Timestamp) -> Cow<'_, Document> {
    let groups = document.of(EntityKind::Group);
    if !groups
        .iter()
        .any(|group| group.list("membershipEnds").iter().any(|end| has_ended(end, now)))
    {
        return Cow::Borrowed(document);
    }
    let mut document = document.clone();
    for group in document.sections.entry(EntityKind::Group).or_default() {
        leave_out(group, now);
    }
    Cow::Owned(document)
}

fn leave_out(group: &mut Entity, now: Timestamp) {
    let ends = group.list("membershipEnds").iter();
    let gone: BTreeSet<String> = ends
        .filter(|end| has_ended(end, now))
        .filter_map(|end| Some(username(end)?.to_owned()))
        .collect();
    for (field, name) in
        [("members", Value::as_str as fn(&Value) -> Option<&str>), ("membershipEnds", username)]
    {
        if let Some((Value::Array(list), _)) = group.fields.get_mut(field) {
            list.retain(|value| name(value).is_none_or(|name| !gone.contains(name)));
        }
    }
}

fn username(end: &Value) -> Option<&str> {
    end.get("username").and_then(Value::as_str)
}

fn has_ended(end: &Value, now: Timestamp) -> bool {
    let until = end.get("until").and_then(Value::as_str);
    until.and_then(|text| text.parse::<Timestamp>().ok()).is_some_and(|until| until <= now)
}
