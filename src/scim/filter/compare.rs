//! Whether a resource matches a filter.

use std::{borrow::Cow, cmp::Ordering, sync::LazyLock};

use serde_json::{Map, Value};

use super::syntax::{Comparison, Literal, ScimFilter};
use crate::{model::Timestamp, scim::AttributePath};

/// The type of the one email of an account. It is not stored.
static WORK: LazyLock<Value> = LazyLock::new(|| Value::from("work"));
const PRIMARY: &Value = &Value::Bool(true);

impl ScimFilter {
    /// Whether a resource matches.
    pub fn matches(&self, resource: &Map<String, Value>) -> bool {
        self.is_so(resource, "")
    }

    /// Whether one value of an attribute matches.
    pub fn matches_value_of(&self, attribute: &str, value: &Map<String, Value>) -> bool {
        self.is_so(value, attribute)
    }

    /// `of` is the attribute that the map is a value of.
    fn is_so(&self, resource: &Map<String, Value>, of: &str) -> bool {
        match self {
            Self::And(all) => all.iter().all(|one| one.is_so(resource, of)),
            Self::Or(all) => all.iter().any(|one| one.is_so(resource, of)),
            Self::Not(one) => !one.is_so(resource, of),
            Self::Present(path) => values(resource, of, path).iter().any(|value| is_present(value)),
            Self::Value(path, filter) => {
                let items = get(resource, of, &path.name).and_then(Value::as_array);
                let mut maps = items.into_iter().flatten().filter_map(Value::as_object);
                maps.any(|map| filter.is_so(map, &path.name))
            }
            Self::Compare(path, Comparison::NotEqual, literal) => {
                !compare(resource, of, path, Comparison::Equal, literal)
            }
            Self::Compare(path, comparison, literal) => {
                compare(resource, of, path, *comparison, literal)
            }
        }
    }
}

fn compare(
    resource: &Map<String, Value>,
    of: &str,
    path: &AttributePath,
    comparison: Comparison,
    literal: &Literal,
) -> bool {
    let found = values(resource, of, path);
    if *literal == Literal::Null {
        return found.is_empty();
    }
    let is_exact = is_case_exact(path);
    found.iter().any(|value| holds(value, comparison, literal, is_exact))
}

/// Attributes whose values keep their case (RFC 7643 §3.1). Names of users and groups do not.
fn is_case_exact(path: &AttributePath) -> bool {
    matches!(path.name.as_str(), "id" | "externalid" | "meta" | "schemas")
}

/// The values of an attribute. A multi-valued complex attribute stands for its `value`.
fn values<'a>(resource: &'a Map<String, Value>, of: &str, path: &AttributePath) -> Vec<&'a Value> {
    let Some(value) = get(resource, of, &path.name) else { return Vec::new() };
    let sub = path.sub.as_deref();
    let of_map = |map: &'a Map<String, Value>, sub| get(map, &path.name, sub);
    match value {
        Value::Array(items) => items
            .iter()
            .filter_map(|item| match item {
                Value::Object(map) => of_map(map, sub.unwrap_or("value")),
                other => sub.is_none().then_some(other),
            })
            .collect(),
        Value::Object(map) => match sub {
            Some(sub) => of_map(map, sub).into_iter().collect(),
            None => vec![value],
        },
        other if sub.is_none() => vec![other],
        _ => Vec::new(),
    }
}

fn get<'a>(map: &'a Map<String, Value>, of: &str, name: &str) -> Option<&'a Value> {
    let mut found = map.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
    match (of, name) {
        ("emails", "type") => Some(&WORK),
        ("emails", "primary") => Some(PRIMARY),
        _ => found.next().map(|(_, value)| value),
    }
}

fn is_present(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Null => false,
        Value::Object(map) => !map.is_empty(),
        Value::String(text) => !text.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn holds(value: &Value, comparison: Comparison, literal: &Literal, is_exact: bool) -> bool {
    match (value, literal) {
        (Value::Bool(flag), Literal::Flag(wanted)) => flag == wanted,
        // Some programs send flags as texts.
        (Value::Bool(flag), Literal::Text(wanted)) => {
            comparison == Comparison::Equal && wanted.eq_ignore_ascii_case(&flag.to_string())
        }
        (Value::Number(number), Literal::Number(wanted)) => number
            .as_f64()
            .and_then(|number| number.partial_cmp(wanted))
            .is_some_and(|order| is_ordered(order, comparison)),
        (Value::String(text), Literal::Text(wanted)) => texts(text, comparison, wanted, is_exact),
        _ => false,
    }
}

fn texts(text: &str, comparison: Comparison, wanted: &str, is_exact: bool) -> bool {
    let folded =
        |text| if is_exact { Cow::Borrowed(text) } else { Cow::Owned(str::to_lowercase(text)) };
    let (one, other) = (folded(text), folded(wanted));
    match comparison {
        Comparison::Contains => one.contains(&*other),
        Comparison::EndsWith => one.ends_with(&*other),
        Comparison::StartsWith => one.starts_with(&*other),
        comparison => {
            let order = times(text, wanted).unwrap_or_else(|| one.cmp(&other));
            is_ordered(order, comparison)
        }
    }
}

/// Times are compared as such, whatever their form (RFC 7643 §2.3.5).
fn times(one: &str, other: &str) -> Option<Ordering> {
    // Most texts are no times.
    let looks_like_one = |text: &str| text.len() >= 20 && text.as_bytes()[4] == b'-';
    if !looks_like_one(one) || !looks_like_one(other) {
        return None;
    }
    let read = |text| Timestamp::parse_rfc3339(text).ok();
    Some(read(one)?.cmp(&read(other)?))
}

fn is_ordered(order: Ordering, comparison: Comparison) -> bool {
    match comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterOrEqual => order != Ordering::Less,
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Contains | Comparison::EndsWith | Comparison::StartsWith => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(text: &str) -> bool {
        let alice = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "id": "01Ab",
            "externalId": "E1",
            "userName": "Alice",
            "name": { "givenName": "Élise", "familyName": "Liddell" },
            "emails": [{ "value": "alice@example.com" }],
            "active": false,
            "groups": [{ "value": "g1", "display": "Staff" }, { "value": "g2", "display": "Admins" }],
            "meta": { "created": "2026-01-02T03:04:05Z" },
        });
        ScimFilter::parse(text).unwrap().matches(alice.as_object().unwrap())
    }

    #[test]
    fn a_resource_matches_what_is_said_of_it() {
        for text in [
            r#"userName eq "aLICE""#,
            r#"USERNAME sw "al" and username ew "CE" and userName co "LIC""#,
            r#"name.givenName eq "élise""#,
            r#"id eq "01Ab" and externalId eq "E1""#,
            r#"emails eq "ALICE@example.com""#,
            r#"emails.value co "@example.com""#,
            r#"emails[type eq "work" and value co "@example.com"]"#,
            r#"emails[primary eq true]"#,
            r#"groups.display eq "admins" and groups eq "g1""#,
            r#"groups[value eq "g2" and display eq "Admins"]"#,
            "active eq false and active ne true and emails pr and name pr",
            r#"active eq "False""#,
            "title eq null and not (title pr)",
            r#"title ne "Boss""#,
            r#"meta.created gt "2026-01-02T03:04:04.5Z" and meta.created le "2026-01-02T04:04:05+01:00""#,
            r#"userName gt "Aa" and userName lt "b""#,
            r#"schemas eq "urn:ietf:params:scim:schemas:core:2.0:User""#,
        ] {
            assert!(matches(text), "{text}");
        }
    }

    #[test]
    fn a_resource_does_not_match_what_is_not_so() {
        for text in [
            r#"userName eq "alic""#,
            r#"id eq "01ab""#,
            r#"externalId eq "e1""#,
            r#"emails[type eq "home"]"#,
            r#"groups[value eq "g1" and display eq "Admins"]"#,
            "title pr",
            r#"title eq "" "#,
            r#"name eq "Liddell""#,
            r#"userName.value eq "Alice""#,
            "active eq true",
            "userName eq 5",
            r#"emails ne "alice@example.com""#,
            r#"meta.created lt "2026-01-02T03:04:05Z""#,
            r#"urn:example:User:userName eq "Alice""#,
        ] {
            assert!(!matches(text), "{text}");
        }
    }
}
