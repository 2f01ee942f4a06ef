//! Memberships that have ended.

use std::collections::BTreeMap;

use super::Act;
use crate::{
    model::{Concerned, EventKind, Group, GroupId, Timestamp, UserId},
    operations::provisioning,
    store::{
        StoreError, groups,
        memberships::{self, EndedMembership},
    },
};

/// Removes memberships that have ended, a batch of them. Returns how many there were: fewer than `limit`
/// when none are left.
pub fn remove_ended(act: &mut Act<'_, '_>, limit: i64) -> Result<usize, StoreError> {
    let now = act.now();
    let ended = memberships::list_ended(act, now, limit)?;
    remove_all(act, &ended)?;
    Ok(ended.len())
}

/// Removes the memberships of a user that have ended, before the account goes.
pub fn remove_ended_of(act: &mut Act<'_, '_>, user_id: UserId) -> Result<(), StoreError> {
    let now = act.now();
    let ended = memberships::list_ended_of(act, user_id, now)?;
    remove_all(act, &ended)
}

fn remove_all(act: &mut Act<'_, '_>, ended: &[EndedMembership]) -> Result<(), StoreError> {
    let now = act.now();
    let mut by_group: BTreeMap<GroupId, Vec<_>> = BTreeMap::new();
    for membership in ended {
        by_group.entry(membership.group_id).or_default().push(membership);
    }
    for (id, memberships) in by_group {
        // A membership refers to its group, so there is one.
        let Some(group) = groups::find(act, id)? else { continue };
        for membership in memberships {
            remove(act, &group, membership.user_id, membership.expires_at)?;
        }
        groups::touch(act, id, now)?;
    }
    if ended.is_empty() { Ok(()) } else { provisioning::note_change(act) }
}

/// Writes the time of the end to the audit log, and the program as the actor: who adds the user again before the
/// clean-up did not remove them.
pub(super) fn remove(
    act: &mut Act<'_, '_>,
    group: &Group,
    user_id: UserId,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    groups::delete_member(act, group.id, user_id)?;
    let concerned = Concerned::from(group.id).and_user(user_id);
    let data = [("groupName", group.name.to_string()), ("expiredAt", expires_at.to_string())];
    act.audit_of_program(EventKind::GroupMembersRemoved, concerned, data)
}
