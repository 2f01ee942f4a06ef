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
    let is_new = groups::insert_member(act, group.id, user_id)?;
    if is_new {
        note(act, group)?;
        audit(act, EventKind::GroupMembersAdded, group, user_id)?;
    }
    Ok(is_new)
}

/// Removes a user from a group. `false` when they were no member.
pub fn remove_member(
    act: &mut Act<'_, '_>,
    group: &Group,
    user_id: UserId,
) -> Result<bool, Refusal> {
    let was_member = groups::delete_member(act, group.id, user_id)?;
    if was_member {
        note(act, group)?;
        audit(act, EventKind::GroupMembersRemoved, group, user_id)?;
    }
    Ok(was_member)
}

/// Sets exactly these users as the members of a group.
pub fn set_members(
    act: &mut Act<'_, '_>,
    group: &Group,
    wanted: &BTreeSet<UserId>,
) -> Result<Vec<User>, Refusal> {
    let old: BTreeSet<UserId> =
        users::list_of_group(act, group.id)?.iter().map(|user| user.id).collect();
    for user_id in old.difference(wanted) {
        remove_member(act, group, *user_id)?;
    }
    for user_id in wanted.difference(&old) {
        add_member(act, group, *user_id)?;
    }
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
