//! Memberships that have ended.

use std::collections::BTreeMap;

use super::{Act, changed::note};
use crate::{
    model::{Concerned, EventKind, Group, GroupId, Timestamp, UserId},
    store::{StoreError, groups, memberships},
};

/// Removes memberships that have ended, a batch of them. Returns how many there were: fewer than `limit`
/// when none are left.
pub fn remove_ended(act: &mut Act<'_, '_>, limit: i64) -> Result<usize, StoreError> {
    let now = act.now();
    let ended = memberships::list_ended(act, now, limit)?;
    let mut by_group: BTreeMap<GroupId, Vec<_>> = BTreeMap::new();
    for membership in &ended {
        by_group.entry(membership.group_id).or_default().push(*membership);
    }
    for (id, memberships) in by_group {
        // A membership refers to its group, so there is one.
        let Some(group) = groups::find(act, id)? else { continue };
        for membership in memberships {
            remove(act, &group, membership.user_id, membership.expires_at)?;
        }
        note(act, &group)?;
    }
    Ok(ended.len())
}

/// Removes a membership that has ended. The entry says when that was, and so why there was one less.
pub(super) fn remove(
    act: &mut Act<'_, '_>,
    group: &Group,
    user_id: UserId,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    groups::delete_member(act, group.id, user_id)?;
    let concerned = Concerned::from(group.id).and_user(user_id);
    let data = [("groupName", group.name.to_string()), ("expiredAt", expires_at.to_string())];
    act.audit(EventKind::GroupMembersRemoved, concerned, data)
}
