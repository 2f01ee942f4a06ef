//! The values of a file entry, as the types of operations.

use std::{collections::BTreeSet, str::FromStr};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    configuration::{document::Entity, step::PlanStep},
    crypto::JwkSet,
    model::{GroupId, parse_jwks},
    operations::Change,
    store::{StoreError, Tx, groups},
};

/// Parses a text that the document has already validated.
pub fn parse<T: FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| unchecked("checked text"))
}

/// An error for a value that the document should have rejected.
pub fn unchecked(expected: &'static str) -> StoreError {
    StoreError::Corrupt { column: 0, expected }
}

/// A boolean that the file may omit.
pub fn flag(entry: &Entity, name: &str) -> Option<bool> {
    entry.get(name).and_then(Value::as_bool)
}

/// A text that the file may omit, but not leave empty.
pub fn required<T: FromStr>(entry: &Entity, name: &str) -> Result<Change<T>, StoreError> {
    Ok(entry.text(name).map(parse).transpose()?.into())
}

/// A text that the file may omit, or clear with `null`.
pub fn optional<T: FromStr>(entry: &Entity, name: &str) -> Result<Change<Option<T>>, StoreError> {
    match entry.get(name) {
        None => Ok(Change::Keep),
        Some(value) => Ok(Change::Set(value.as_str().map(parse).transpose()?)),
    }
}

/// A JSON value that the document has already validated.
pub fn checked<T: DeserializeOwned>(entry: &Entity, name: &str) -> Result<Change<T>, StoreError> {
    let parse = |value: &Value| T::deserialize(value).map_err(|_| unchecked("checked tree"));
    Ok(entry.get(name).map(parse).transpose()?.into())
}

/// A JWK Set that the file may omit, or clear with `null`.
pub fn jwks(entry: &Entity) -> Result<Change<Option<JwkSet>>, StoreError> {
    let parse = |value: &Value| parse_jwks(value).map_err(|_| unchecked("checked JWK Set"));
    match entry.get("jwks") {
        None => Ok(Change::Keep),
        Some(Value::Null) => Ok(Change::Set(None)),
        Some(value) => Ok(Change::Set(Some(parse(value)?))),
    }
}

/// The groups that may use something, by their names.
pub fn allowed_groups(
    tx: &mut Tx<'_>,
    entry: &Entity,
) -> Result<Change<BTreeSet<GroupId>>, StoreError> {
    if entry.get("allowedUserGroups").is_none() {
        return Ok(Change::Keep);
    }
    let mut ids = BTreeSet::new();
    for name in entry.list("allowedUserGroups").iter().filter_map(Value::as_str) {
        ids.extend(groups::find_by_name(tx, &parse(name)?)?.map(|group| group.id));
    }
    Ok(Change::Set(ids))
}

/// The database stores seconds, the file minutes. An unchanged field keeps its seconds, so that
/// nothing is rounded.
pub fn seconds(step: &PlanStep, name: &str) -> Change<i64> {
    let minutes = step.new.get(name).and_then(Value::as_i64).filter(|_| step.changes(name));
    minutes.map(|minutes| minutes * 60).into()
}
