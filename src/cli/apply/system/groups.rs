//! Groups, with their members and claims.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Tools, changed, parse,
    users::{claims, set_claims},
};
use crate::{
    cli::{
        apply::{
            document::{Entity, Kind, sorted},
            extent::Extent,
            plan::{Action, Step},
        },
        error::CliError,
        names::refuse_taken_group,
    },
    model::{ClaimOwner, EventKind, Group, GroupId, UserId},
    store::{StoreError, Tx, groups, users},
};

pub fn read(tx: &mut Tx<'_>, extent: &Extent) -> Result<Vec<Entity>, StoreError> {
    let mut things = Vec::new();
    for (group, _members) in groups::list(tx)? {
        let members = match extent.members {
            true => users::names_of_group(tx, group.id)?,
            false => Vec::new(),
        };
        let members = members.into_iter().map(Value::from).collect();
        let claims = claims(tx, ClaimOwner::Group(group.id))?;
        let thing = Entity::new(Kind::Group, group.name.as_str())
            .with("name", group.name.as_str())
            .with("id", group.id.to_string())
            .with("friendlyName", group.friendly_name.as_str())
            .with("members", sorted(members, None))
            .with("customClaims", claims);
        things.push(thing);
    }
    Ok(things)
}

pub fn remove(tx: &mut Tx<'_>, tools: &Tools<'_>, step: &Step) -> Result<(), CliError> {
    groups::delete(tx, parse(step.new.text("id").unwrap_or_default())?)?;
    let data = [("groupName", step.key().to_owned())];
    Ok(tools.note(tx, (EventKind::GroupDeleted, None), data)?)
}

/// Lets go of a name that becomes another: another group may be about to get it.
pub fn make_way(tx: &mut Tx<'_>, step: &Step) -> Result<(), CliError> {
    let id = step.old.as_ref().and_then(|old| old.text("id")).unwrap_or_default();
    if step.changes("name")
        && let Some(mut group) = groups::find(tx, parse(id)?)?
    {
        group.name = parse(&format!("renamed-{id}"))?;
        groups::update(tx, &group)?;
    }
    Ok(())
}

pub fn set(tx: &mut Tx<'_>, tools: &Tools<'_>, step: &Step) -> Result<(), CliError> {
    let old = match step.old.as_ref().and_then(|old| old.text("id")) {
        Some(id) => groups::find(tx, parse(id)?)?,
        None => None,
    };
    let is_new = old.is_none();
    let mut group = old.clone().map_or_else(|| fresh(tools, step), Ok)?;
    group.name = parse(&step.new.key)?;
    if let Some(name) = step.new.text("friendlyName") {
        group.friendly_name = parse(name)?;
    }
    refuse_taken_group(tx, &group, old.as_ref())?;
    match is_new {
        true => groups::insert(tx, &group)?,
        false => groups::update(tx, &group)?,
    }
    if step.changes("members") {
        set_members(tx, tools, &group, step.new.list("members"))?;
    }
    if step.changes("customClaims") {
        set_claims(tx, ClaimOwner::Group(group.id), step.new.list("customClaims"))?;
    }
    let name = ("groupName", group.name.to_string());
    match step.action {
        Action::Create => tools.note(tx, (EventKind::GroupCreated, None), [name])?,
        _ => {
            let data = [name, ("changed", changed(step))];
            tools.note(tx, (EventKind::GroupChanged, None), data)?;
        }
    }
    Ok(())
}

fn fresh(tools: &Tools<'_>, step: &Step) -> Result<Group, CliError> {
    let id = step.new.text("id").map(parse).transpose()?;
    let friendly_name = step.new.text("friendlyName").unwrap_or(&step.new.key);
    Ok(Group {
        id: id.unwrap_or_else(|| GroupId(tools.new_id())),
        name: parse(&step.new.key)?,
        friendly_name: friendly_name.parse().map_err(|error| {
            CliError::refused(format!("friendlyName of {}: {error}", step.new.key))
                .hint("the name is too long for it: give a friendlyName")
        })?,
        created_at: tools.now,
    })
}

/// These are in it, and nobody else.
fn set_members(
    tx: &mut Tx<'_>,
    tools: &Tools<'_>,
    group: &Group,
    names: &[Value],
) -> Result<(), CliError> {
    let mut wanted = BTreeSet::new();
    for name in names.iter().filter_map(Value::as_str) {
        wanted.extend(users::username_owner(tx, &parse(name)?)?);
    }
    let old = users::list_of_group(tx, group.id)?;
    let old: BTreeSet<UserId> = old.iter().map(|user| user.id).collect();
    for user in old.difference(&wanted) {
        groups::delete_member(tx, group.id, *user)?;
        let data = [("groupName", group.name.to_string())];
        tools.note(tx, (EventKind::GroupMembersRemoved, Some(*user)), data)?;
    }
    for user in wanted.difference(&old) {
        groups::insert_member(tx, group.id, *user)?;
        let data = [("groupName", group.name.to_string())];
        tools.note(tx, (EventKind::GroupMembersAdded, Some(*user)), data)?;
    }
    Ok(())
}
