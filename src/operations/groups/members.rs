//! The members of a group.

use std::collections::BTreeSet;

use super::{Act, Refusal, changed::note, ended};
use crate::{
    model::{EventKind, Group, GroupId, Timestamp, User, UserId},
    store::{StoreError, Tx, groups, memberships, users},
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
    for_each(act, group, user_ids, groups::insert_member, EventKind::GroupMembersAdded)
}

/// Removes users from a group. `false` when none was a member.
pub fn remove_members(
    act: &mut Act<'_, '_>,
    group: &Group,
    user_ids: &[UserId],
) -> Result<bool, Refusal> {
    for_each(act, group, user_ids, groups::delete_member, EventKind::GroupMembersRemoved)
}

/// Returns whether any user was added or removed.
fn for_each(
    act: &mut Act<'_, '_>,
    group: &Group,
    user_ids: &[UserId],
    change: fn(&mut Tx<'_>, GroupId, UserId) -> Result<bool, StoreError>,
    kind: EventKind,
) -> Result<bool, Refusal> {
    let (mut is_changed, mut has_ended) = (false, false);
    // A membership that has ended is no membership, even while its row is there.
    let now = act.now();
    let mut past = memberships::ended_of_group(act, group.id, now)?;
    for user_id in user_ids {
        if let Some(expires_at) = past.remove(user_id) {
            ended::remove(act, group, *user_id, expires_at)?;
            has_ended = true;
        }
        if change(act, group.id, *user_id)? {
            audit(act, kind, group, *user_id)?;
            is_changed = true;
        }
    }
    if is_changed || has_ended {
        note(act, group)?;
    }
    Ok(is_changed)
}

/// The differences between the members of a group and those that it should have.
#[derive(Debug)]
pub struct MemberDifference {
    /// Users to remove.
    pub gone: Vec<UserId>,
    /// Users to add.
    pub new: Vec<UserId>,
}

/// Compares the members of a group with those that it should have.
pub fn compare_members(
    tx: &mut Tx<'_>,
    group: &Group,
    wanted: &BTreeSet<UserId>,
    now: Timestamp,
) -> Result<MemberDifference, StoreError> {
    let old: BTreeSet<_> = groups::member_ids(tx, group.id, now)?.into_iter().collect();
    Ok(MemberDifference {
        gone: old.difference(wanted).copied().collect(),
        new: wanted.difference(&old).copied().collect(),
    })
}

/// Sets exactly these users as the members of a group.
pub fn set_members(
    act: &mut Act<'_, '_>,
    group: &Group,
    wanted: &BTreeSet<UserId>,
) -> Result<Vec<User>, Refusal> {
    let now = act.now();
    let MemberDifference { gone, new } = compare_members(act, group, wanted, now)?;
    remove_members(act, group, &gone)?;
    add_members(act, group, &new)?;
    Ok(users::list_of_group(act, group.id, now)?)
}

/// Sets exactly these groups for a user. Ignores groups that do not exist.
///
/// In the order of their ids, as everywhere where several groups are changed: with different orders, two changes
/// would wait for each other.
pub fn set_groups_of(
    act: &mut Act<'_, '_>,
    user_id: UserId,
    wanted: &BTreeSet<GroupId>,
) -> Result<(), Refusal> {
    let now = act.now();
    let old = groups::list_of_user(act, user_id, now)?;
    let had: BTreeSet<GroupId> = old.iter().map(|group| group.id).collect();
    for id in had.symmetric_difference(wanted) {
        let Some(group) = groups::find(act, *id)? else { continue };
        if wanted.contains(id) {
            add_member(act, &group, user_id)?;
        } else {
            remove_member(act, &group, user_id)?;
        }
    }
    Ok(())
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
