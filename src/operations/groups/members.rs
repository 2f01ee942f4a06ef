//! The members of a group.

use std::collections::BTreeSet;

use super::{Act, Refusal};
use crate::{
    model::{EventKind, Group, GroupId, User, UserId},
    operations::provisioning,
    store::{StoreError, groups, users},
};

/// Adds a user to a group. `false` when they were a member already.
pub fn add_member(act: &mut Act<'_, '_>, group: &Group, user_id: UserId) -> Result<bool, Refusal> {
    add_members(act, group, &[user_id])
}

/// Removes a user from a group. `false` when they were no member.
pub fn remove_member(
    act: &mut Act<'_, '_>,
    group: &Group,
    user_id: UserId,
) -> Result<bool, Refusal> {
    remove_members(act, group, &[user_id])
}

/// Adds users, who exist, to a group. `false` when all were members already.
pub fn add_members(
    act: &mut Act<'_, '_>,
    group: &Group,
    user_ids: &[UserId],
) -> Result<bool, Refusal> {
    let mut is_changed = false;
    for user_id in user_ids {
        if groups::insert_member(act, group.id, *user_id)? {
            audit(act, EventKind::GroupMembersAdded, group, *user_id)?;
            is_changed = true;
        }
    }
    if is_changed {
        note(act, group)?;
    }
    Ok(is_changed)
}

/// Removes users from a group. `false` when none was a member.
pub fn remove_members(
    act: &mut Act<'_, '_>,
    group: &Group,
    user_ids: &[UserId],
) -> Result<bool, Refusal> {
    let mut is_changed = false;
    for user_id in user_ids {
        if groups::delete_member(act, group.id, *user_id)? {
            audit(act, EventKind::GroupMembersRemoved, group, *user_id)?;
            is_changed = true;
        }
    }
    if is_changed {
        note(act, group)?;
    }
    Ok(is_changed)
}

/// Sets exactly these users as the members of a group.
pub fn set_members(
    act: &mut Act<'_, '_>,
    group: &Group,
    wanted: &BTreeSet<UserId>,
) -> Result<Vec<User>, Refusal> {
    let old: BTreeSet<UserId> =
        users::list_of_group(act, group.id)?.iter().map(|user| user.id).collect();
    let gone: Vec<_> = old.difference(wanted).copied().collect();
    remove_members(act, group, &gone)?;
    let new: Vec<_> = wanted.difference(&old).copied().collect();
    add_members(act, group, &new)?;
    Ok(users::list_of_group(act, group.id)?)
}

/// Sets exactly these groups for a user. Ignores groups that do not exist.
pub fn set_groups_of(
    act: &mut Act<'_, '_>,
    user_id: UserId,
    wanted: &BTreeSet<GroupId>,
) -> Result<(), Refusal> {
    let old = groups::list_of_user(act, user_id)?;
    for group in old.iter().filter(|group| !wanted.contains(&group.id)) {
        remove_member(act, group, user_id)?;
    }
    for id in wanted.iter().filter(|id| old.iter().all(|group| group.id != **id)) {
        if let Some(group) = groups::find(act, *id)? {
            add_member(act, &group, user_id)?;
        }
    }
    Ok(())
}

fn note(act: &mut Act<'_, '_>, group: &Group) -> Result<(), StoreError> {
    let now = act.now();
    groups::touch(act, group.id, now)?;
    provisioning::note_change(act)
}

fn audit(
    act: &mut Act<'_, '_>,
    kind: EventKind,
    group: &Group,
    user_id: UserId,
) -> Result<(), Refusal> {
    let concerned = crate::model::Concerned::from(group.id).and_user(user_id);
    Ok(act.audit(kind, concerned, [("groupName", group.name.to_string())])?)
}
