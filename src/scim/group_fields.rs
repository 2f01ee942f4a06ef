//! The attributes of a group that programs set (RFC 7643 §4.2).

use serde_json::Value;

use super::{
    PatchKind, PatchStep, ScimErrorType, ScimFault, ScimFilter,
    patch::field,
    user_fields::refuse_filter,
    values::{ExternalId, text},
};
use crate::model::{FriendlyName, Group, GroupName, UserId};

/// The most members that a request may name, and that an answer has.
pub const MAX_MEMBERS: usize = 50_000;

/// The attributes that are kept, as they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupFields {
    display_name: String,
    external_id: Option<String>,
}

/// A change of the members.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberChange {
    /// Adds these.
    Add(Vec<UserId>),
    /// Removes these.
    Remove(Vec<UserId>),
    /// Removes those that match.
    RemoveMatching(ScimFilter),
    /// Sets exactly these.
    Replace(Vec<UserId>),
}

/// The names of a group here.
#[derive(Debug, Clone)]
pub struct GroupNames {
    /// The name in the `groups` claim.
    pub name: GroupName,
    /// The name shown to people.
    pub friendly_name: FriendlyName,
}

impl GroupFields {
    /// Reads a group, with its members.
    pub fn of_new(resource: &Value) -> Result<(Self, Vec<UserId>), ScimFault> {
        let map = resource.as_object();
        let map = map.ok_or_else(|| ScimFault::syntax("The body is an object."))?;
        let (mut fields, mut members) = (Self::default(), Vec::new());
        for (name, value) in map.iter().filter(|(_, value)| !value.is_null()) {
            match name.to_ascii_lowercase().as_str() {
                "displayname" => fields.display_name = text("displayName", value)?,
                "externalid" => fields.external_id = Some(text("externalId", value)?),
                "members" => members = new_members(value)?,
                _ => {}
            }
        }
        Ok((fields, members))
    }

    /// A group as it is, to be patched.
    pub fn of(group: &Group, external_id: Option<&str>) -> Self {
        let display_name = shown_name(group).to_owned();
        Self { display_name, external_id: external_id.map(str::to_owned) }
    }

    /// Applies one operation of a PATCH request. Returns the change of the members, if it is one.
    pub fn apply(&mut self, step: &PatchStep) -> Result<Option<MemberChange>, ScimFault> {
        let (attribute, value) = (&step.path.attribute, &step.value);
        let is_gone = step.kind == PatchKind::Remove || value.is_null();
        if attribute.name == "members" {
            return member_change(step, is_gone);
        }
        if step.path.filter.is_some() {
            refuse_filter(&attribute.name)?;
        }
        match (attribute.name.as_str(), attribute.sub.as_deref()) {
            ("displayname", None) => {
                step.refuse_removal()?;
                self.display_name = text("displayName", value)?;
            }
            ("externalid", None) if is_gone => self.external_id = None,
            ("externalid", None) => self.external_id = Some(text("externalId", value)?),
            ("id" | "meta", _) => step.refuse_read_only()?,
            _ => {}
        }
        Ok(None)
    }

    /// The `externalId`.
    pub fn external_id(&self) -> Result<Option<ExternalId>, ScimFault> {
        self.external_id.as_deref().map(ExternalId::parse).transpose()
    }

    /// The names of a new group: its display name is both, the one for people cut off.
    pub fn names(&self) -> Result<GroupNames, ScimFault> {
        let name = self.display_name.as_str();
        if name.is_empty() {
            return Err(ScimFault::value("displayName is required."));
        }
        let refused = |error| ScimFault::value(format!("displayName {error}."));
        Ok(GroupNames {
            name: name.parse().map_err(refused)?,
            friendly_name: beginning(name.trim()).parse().map_err(refused)?,
        })
    }

    /// The names of a group that has this display name from now on. Its name in the `groups` claim
    /// changes too, unless it was given another one here.
    pub fn new_names(&self, group: &Group) -> Result<GroupNames, ScimFault> {
        if self.display_name == shown_name(group) {
            let Group { name, friendly_name, .. } = group.clone();
            return Ok(GroupNames { name, friendly_name });
        }
        if is_named_alike(group) {
            return self.names();
        }
        let friendly_name = self.display_name.parse();
        let refused = |error| ScimFault::value(format!("displayName {error}."));
        Ok(GroupNames { name: group.name.clone(), friendly_name: friendly_name.map_err(refused)? })
    }
}

/// The `displayName` of a group: the name for people, or the other one if it is the same but longer.
pub fn shown_name(group: &Group) -> &str {
    if is_named_alike(group) { group.name.as_str() } else { group.friendly_name.as_str() }
}

fn is_named_alike(group: &Group) -> bool {
    beginning(group.name.as_str()).trim() == group.friendly_name.as_str()
}

/// As much of a name as fits into the one for people.
fn beginning(name: &str) -> &str {
    const MAX: usize = 50;
    name.char_indices().nth(MAX).map_or(name, |(end, _)| &name[..end])
}

fn member_change(step: &PatchStep, is_gone: bool) -> Result<Option<MemberChange>, ScimFault> {
    if let Some(filter) = &step.path.filter {
        if step.kind != PatchKind::Remove {
            let detail = "Members can be added and removed; what is known of them cannot change.";
            return Err(ScimFault::new(ScimErrorType::Mutability, detail));
        }
        return Ok(Some(match filter.listed("value") {
            Some(listed) => {
                MemberChange::Remove(listed.iter().filter_map(|id| id.parse().ok()).collect())
            }
            None => MemberChange::RemoveMatching(filter.clone()),
        }));
    }
    Ok(match step.kind {
        PatchKind::Add if is_gone => None,
        PatchKind::Add => Some(MemberChange::Add(new_members(&step.value)?)),
        PatchKind::Replace if is_gone => Some(MemberChange::Replace(Vec::new())),
        PatchKind::Replace => Some(MemberChange::Replace(new_members(&step.value)?)),
        // Microsoft Entra and Okta name the members in the value. The standard knows none here.
        PatchKind::Remove => Some(match &step.value {
            Value::Null => MemberChange::Replace(Vec::new()),
            Value::Array(items) if items.is_empty() => MemberChange::Remove(Vec::new()),
            value => MemberChange::Remove(
                items(value).iter().filter_map(|item| id(item)?.parse().ok()).collect(),
            ),
        }),
    })
}

fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

fn id(item: &Value) -> Option<&str> {
    item.as_str().or_else(|| field(item, "value")?.as_str())
}

fn new_members(value: &Value) -> Result<Vec<UserId>, ScimFault> {
    let items = items(value);
    if items.len() > MAX_MEMBERS {
        let detail = format!("A request may name at most {MAX_MEMBERS} members.");
        return Err(ScimFault::new(ScimErrorType::TooMany, detail));
    }
    items.iter().map(new_member).collect()
}

fn new_member(item: &Value) -> Result<UserId, ScimFault> {
    let kind = field(item, "type").and_then(Value::as_str);
    if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("user")) {
        return Err(ScimFault::value("Only users can be members of a group."));
    }
    let id = id(item).ok_or_else(|| ScimFault::value("A member has a value: the id of a user."))?;
    id.parse().map_err(|_| no_such_member(id))
}

/// A member that does not exist.
pub fn no_such_member(id: &str) -> ScimFault {
    ScimFault::value(format!("There is no user with the id {:?}.", ScimFault::shown(id)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::{
        model::{GroupId, Timestamp},
        scim::patch_steps,
    };

    const ONE: &str = "018f0000-0000-7000-8000-000000000001";

    fn user() -> UserId {
        ONE.parse().unwrap()
    }

    fn group(name: &str, friendly_name: &str) -> Group {
        Group {
            id: GroupId(Uuid::nil()),
            name: name.parse().unwrap(),
            friendly_name: friendly_name.parse().unwrap(),
            created_at: Timestamp::from_unix(0),
            updated_at: Timestamp::from_unix(0),
            ldap_id: None,
        }
    }

    fn changes(operations: &Value) -> Result<Vec<MemberChange>, ScimFault> {
        let mut fields = GroupFields::of(&group("staff", "staff"), None);
        let steps = patch_steps(&json!({ "Operations": operations }))?;
        let changes = steps.iter().map(|step| fields.apply(step));
        Ok(changes.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    #[test]
    fn a_long_name_is_shown_whole_and_a_chosen_one_stays() {
        let long = "x".repeat(60);
        let fields = GroupFields { display_name: long.clone(), external_id: None };
        let names = fields.names().unwrap();
        assert_eq!((names.name.as_str(), names.friendly_name.as_str().len()), (long.as_str(), 50));
        assert_eq!(shown_name(&group(&long, &long[..50])), long);
        // It was named by an administrator.
        let chosen = group("staff", "All staff");
        assert_eq!(shown_name(&chosen), "All staff");
        let renamed = GroupFields { display_name: "Everybody".into(), external_id: None };
        assert_eq!(renamed.new_names(&chosen).unwrap().name.as_str(), "staff");
        assert_eq!(renamed.new_names(&group("staff", "staff")).unwrap().name.as_str(), "Everybody");
        for name in ["", "x", &"x".repeat(256)] {
            let fields = GroupFields { display_name: name.to_owned(), external_id: None };
            assert!(fields.names().is_err(), "{name}");
        }
    }

    /// As the standard, Microsoft Entra and Okta have it.
    #[test]
    fn members_are_added_removed_and_replaced() {
        for (operations, change) in [
            (
                json!([{"op": "Add", "path": "members", "value": [{"value": ONE}]}]),
                MemberChange::Add(vec![user()]),
            ),
            (
                json!([{"op": "add", "value": {"members": [{"value": ONE, "type": "User"}]}}]),
                MemberChange::Add(vec![user()]),
            ),
            (
                json!([{"op": "Remove", "path": "members", "value": [{"value": ONE}]}]),
                MemberChange::Remove(vec![user()]),
            ),
            (
                json!([{"op": "remove", "path": format!("members[value eq \"{ONE}\"]")}]),
                MemberChange::Remove(vec![user()]),
            ),
            (json!([{"op": "remove", "path": "members"}]), MemberChange::Replace(vec![])),
            (
                json!([{"op": "remove", "path": "members", "value": []}]),
                MemberChange::Remove(vec![]),
            ),
            (
                json!([{"op": "replace", "path": "members", "value": [{"value": ONE}]}]),
                MemberChange::Replace(vec![user()]),
            ),
            (
                json!([{"op": "remove", "path": "members[value eq \"nobody\"]"}]),
                MemberChange::Remove(vec![]),
            ),
        ] {
            assert_eq!(changes(&operations).unwrap(), [change], "{operations}");
        }
    }

    #[test]
    fn what_cannot_be_a_member_is_refused() {
        for (operations, kind) in [
            (
                json!([{"op": "add", "path": "members", "value": [{"value": "x"}]}]),
                ScimErrorType::InvalidValue,
            ),
            (json!([{"op": "add", "path": "members", "value": [{}]}]), ScimErrorType::InvalidValue),
            (
                json!([{"op": "add", "path": "members", "value": [{"value": ONE, "type": "Group"}]}]),
                ScimErrorType::InvalidValue,
            ),
            (
                json!([{"op": "add", "path": "members", "value": vec![json!({"value": ONE}); MAX_MEMBERS + 1]}]),
                ScimErrorType::TooMany,
            ),
            (
                json!([{"op": "replace", "path": "members[value pr]", "value": []}]),
                ScimErrorType::Mutability,
            ),
            (json!([{"op": "remove", "path": "displayName"}]), ScimErrorType::Mutability),
            (json!([{"op": "remove", "path": "displayName[a pr]"}]), ScimErrorType::InvalidPath),
        ] {
            let refused = changes(&operations).unwrap_err();
            assert_eq!(refused.kind, kind, "{refused}");
        }
    }
}
