//! The groups that a protected host lets in.

use std::collections::BTreeSet;

use super::Act;
use crate::{
    model::{GroupId, ProtectedHost, ProtectedHostId, Timestamp, UserId},
    store::{StoreError, Tx, groups, protected_hosts},
};

/// Whether a user may enter a host: everyone may, unless it is restricted to groups.
pub fn may_enter(
    tx: &mut Tx<'_>,
    host: &ProtectedHost,
    user_id: UserId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(!host.is_group_restricted || protected_hosts::lets_in_group_of(tx, host.id, user_id, now)?)
}

/// Sets exactly these groups. Ignores groups that do not exist. `true` when they changed.
pub(super) fn replace_groups(
    act: &mut Act<'_, '_>,
    id: ProtectedHostId,
    wanted: &BTreeSet<GroupId>,
) -> Result<bool, StoreError> {
    let mut known = BTreeSet::new();
    for group in wanted {
        known.extend(groups::find(act, *group)?.map(|group| group.id));
    }
    let old = groups::list_of_protected_host(act, id)?;
    if known == old.iter().map(|group| group.id).collect() {
        return Ok(false);
    }
    protected_hosts::replace_groups(act, id, known)?;
    Ok(true)
}
