//! Users and groups as programs see them (RFC 7643 §4.1, §4.2).

use serde_json::{Map, Value, json};

use super::{GROUP_SCHEMA, USER_SCHEMA, shown_name};
use crate::{
    crypto::Digest,
    model::{Group, Timestamp, User, UserId},
};

/// A user with what belongs to them.
#[derive(Debug, Clone, Copy)]
pub struct SeenUser<'a> {
    /// The account.
    pub user: &'a User,
    /// The id that the program gave them.
    pub external_id: Option<&'a str>,
    /// Their groups.
    pub groups: &'a [Group],
}

/// A group with what belongs to it.
#[derive(Debug, Clone, Copy)]
pub struct SeenGroup<'a> {
    /// The group.
    pub group: &'a Group,
    /// The id that the program gave it.
    pub external_id: Option<&'a str>,
    /// Its members.
    pub members: &'a [UserId],
}

impl SeenUser<'_> {
    /// It as JSON, with its version. `base` is the address of the SCIM server.
    pub fn resource(self, base: &str) -> Map<String, Value> {
        with_version(self.attributes(base))
    }

    /// It as JSON, without its version, which takes long to compute.
    pub fn attributes(self, base: &str) -> Map<String, Value> {
        let Self { user, external_id, groups } = self;
        let mut map = begin(USER_SCHEMA, &user.id.to_string(), external_id);
        map.insert("userName".into(), user.username.as_str().into());
        let parts = [("givenName", &user.first_name), ("familyName", &user.last_name)];
        let parts = parts.into_iter().filter(|(_, part)| !part.as_str().is_empty());
        let name: Map<_, _> =
            parts.map(|(part, text)| (part.to_owned(), text.as_str().into())).collect();
        if !name.is_empty() {
            map.insert("name".into(), name.into());
        }
        if !user.display_name.as_str().is_empty() {
            map.insert("displayName".into(), user.display_name.as_str().into());
        }
        if let Some(email) = &user.email {
            map.insert("emails".into(), json!([{ "value": email.as_str() }]));
        }
        map.insert("active".into(), (!user.disabled).into());
        if !groups.is_empty() {
            let group = |group: &Group| {
                json!({
                    "value": group.id,
                    "$ref": format!("{base}/Groups/{}", group.id),
                    "display": shown_name(group),
                })
            };
            map.insert("groups".into(), groups.iter().map(group).collect());
        }
        let (created, changed) = (user.created_at, user.updated_at);
        end(map, "User", &format!("{base}/Users/{}", user.id), created, changed)
    }
}

impl SeenGroup<'_> {
    /// It as JSON, with its version. `base` is the address of the SCIM server.
    pub fn resource(self, base: &str) -> Map<String, Value> {
        with_version(self.attributes(base))
    }

    /// It as JSON, without its version.
    pub fn attributes(self, base: &str) -> Map<String, Value> {
        let Self { group, external_id, members } = self;
        let mut map = begin(GROUP_SCHEMA, &group.id.to_string(), external_id);
        map.insert("displayName".into(), shown_name(group).into());
        if !members.is_empty() {
            map.insert("members".into(), members.iter().map(|id| member(*id, base)).collect());
        }
        let (created, changed) = (group.created_at, group.updated_at);
        end(map, "Group", &format!("{base}/Groups/{}", group.id), created, changed)
    }
}

/// A member of a group.
pub fn member(id: UserId, base: &str) -> Value {
    json!({ "value": id, "$ref": format!("{base}/Users/{id}"), "type": "User" })
}

fn begin(schema: &str, id: &str, external_id: Option<&str>) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("schemas".into(), json!([schema]));
    map.insert("id".into(), id.into());
    if let Some(external_id) = external_id {
        map.insert("externalId".into(), external_id.into());
    }
    map
}

/// Adds `meta`.
fn end(
    mut map: Map<String, Value>,
    kind: &str,
    location: &str,
    created: Timestamp,
    changed: Timestamp,
) -> Map<String, Value> {
    let meta = json!({
        "resourceType": kind,
        "created": created,
        "lastModified": changed,
        "location": location,
    });
    map.insert("meta".into(), meta);
    map
}

/// Adds the version: a digest of all else, so that any change is another version.
fn with_version(mut map: Map<String, Value>) -> Map<String, Value> {
    let text = serde_json::to_string(&map).expect("a tree is JSON");
    let version = format!("W/\"{}\"", &Digest::of(text).hex()[..32]);
    if let Some(Value::Object(meta)) = map.get_mut("meta") {
        meta.insert("version".into(), version.into());
    }
    map
}

/// The version of a resource, for `ETag`.
pub fn version(resource: &Map<String, Value>) -> &str {
    let meta = resource.get("meta").and_then(|meta| meta.get("version"));
    meta.and_then(Value::as_str).unwrap_or_default()
}

/// Whether a header with entity tags names a version, or any with `*`. Tags are compared weakly
/// (RFC 9110 §8.8.3.2), also for `If-Match`, since there are no strong ones (RFC 7644 §3.14).
pub fn names_version(header: &str, version: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    header.split(',').any(|tag| tag.trim() == "*" || opaque(tag) == opaque(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly() {
        let version = "W/\"a1\"";
        for header in ["W/\"a1\"", "\"a1\"", "*", "\"x\", W/\"a1\"", " * "] {
            assert!(names_version(header, version), "{header}");
        }
        for header in ["", "a1", "W/\"a2\"", "\"a1"] {
            assert!(!names_version(header, version), "{header}");
        }
    }
}
