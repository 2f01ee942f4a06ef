//! Groups, with their members and claims.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    Tools,
    users::{claims, set_claims},
    values::parse,
};
use crate::{
    configuration::{
        document::{Entity, EntityKind, sorted},
        error::Error,
        extent::Extent,
        step::PlanStep,
    },
    model::{ClaimOwner, FriendlyName, Group, GroupId, GroupName, Username},
    operations::{
        self, Act, Change, Noun, Refusal,
        groups::{self, GroupChange, GroupDraft, MembershipEnd},
    },
    store::{self, StoreError, Tx, users},
};

pub fn read(
    tx: &mut Tx<'_>,
    tools: &Tools<'_>,
    extent: &Extent,
) -> Result<Vec<Entity>, StoreError> {
    let mut things = Vec::new();
    for group in store::groups::all(tx)? {
        let members = if extent.members {
            users::names_of_group(tx, group.id, tools.now)?
        } else {
            Vec::new()
        };
        let ends = members.iter().filter_map(|(name, end)| Some((name, (*end)?)));
        let ends =
            ends.map(|(name, end)| json!({ "username": name, "until": end.to_string() })).collect();
        let members = members.into_iter().map(|(name, _)| Value::from(name)).collect();
        let claims = claims(tx, ClaimOwner::Group(group.id))?;
        let thing = Entity::new(EntityKind::Group, group.name.as_str())
            .with("name", group.name.as_str())
            .with("id", group.id.to_string())
            .with("friendlyName", group.friendly_name.as_str())
            .with("members", sorted(members, None))
            .with("membershipEnds", sorted(ends, Some("username")))
            .with("customClaims", claims);
        things.push(thing);
    }
    Ok(things)
}

pub fn remove(act: &mut Act<'_, '_>, step: &PlanStep) -> Result<(), Error> {
    groups::delete(act, &parse(step.new.text("id").unwrap_or_default())?)?;
    Ok(())
}

/// Frees the name of a group that is renamed: another group may take it.
pub fn make_way(act: &mut Act<'_, '_>, step: &PlanStep) -> Result<(), Error> {
    if step.changes("name")
        && let Some(id) = old_id(step)?
    {
        groups::free_name(act, id)?;
    }
    Ok(())
}

pub fn set(act: &mut Act<'_, '_>, step: &PlanStep) -> Result<(), Error> {
    let friendly_name = step.new.text("friendlyName").map(parse).transpose()?;
    let name: GroupName = parse(&step.new.key)?;
    let group = match old_id(step)? {
        Some(id) => {
            let freed_name = step.changes("name").then(|| parse(step.key())).transpose()?;
            let friendly_name = friendly_name.into();
            let change = GroupChange { name: Change::Set(name), friendly_name, freed_name };
            groups::update(act, id, &change)?
        }
        None => {
            let id = step.new.text("id").map(parse).transpose()?;
            let friendly_name = friendly_name.map_or_else(|| friendly(&name), Ok)?;
            groups::create(act, &GroupDraft { id, name, friendly_name, ldap_id: None })?
        }
    };
    if step.changes("members") {
        let mut wanted = BTreeSet::new();
        for name in step.new.list("members").iter().filter_map(Value::as_str) {
            wanted.extend(users::username_owner(act, &parse(name)?)?);
        }
        groups::set_members(act, &group, &wanted)?;
    }
    if step.changes("membershipEnds") {
        set_ends(act, &group, step.new.list("membershipEnds"))?;
    }
    if step.changes("customClaims") {
        set_claims(act, ClaimOwner::Group(group.id), step.new.list("customClaims"))?;
    }
    Ok(())
}

/// Sets the ends of all memberships. Those that are not in the list do not end.
fn set_ends(act: &mut Act<'_, '_>, group: &Group, wanted: &[Value]) -> Result<(), Error> {
    let mut kept = BTreeSet::new();
    for end in wanted {
        let text = |field: &str| end[field].as_str().unwrap_or_default();
        let username: Username = parse(text("username"))?;
        let until = MembershipEnd::At(parse(text("until"))?);
        let id = users::username_owner(act, &username)?.ok_or(Refusal::NotFound(Noun::User))?;
        let user = operations::users::require(act, id)?;
        groups::set_end(act, group, &user, until)?;
        kept.insert(user.id);
    }
    let now = act.now();
    for id in store::memberships::ends_of_group(act, group.id, now)?.into_keys() {
        if let Some(user) = users::find(act, id)?.filter(|user| !kept.contains(&user.id)) {
            groups::set_end(act, group, &user, MembershipEnd::Never)?;
        }
    }
    Ok(())
}

/// The id of the existing group; `None` if it is new.
fn old_id(step: &PlanStep) -> Result<Option<GroupId>, StoreError> {
    step.old.as_ref().and_then(|old| old.text("id")).map(parse).transpose()
}

fn friendly(name: &GroupName) -> Result<FriendlyName, Error> {
    name.as_str().parse().map_err(|error| {
        let message = format!("friendlyName of {name}: {error}");
        Error::Value { message, hint: "the name is too long for a friendlyName: set friendlyName" }
    })
}
