//! The groups that may use a client.

use std::collections::BTreeSet;

use super::{Act, Refusal, audit};
use crate::{
    model::{Client, EventKind, GroupId, Timestamp, UserId},
    operations::provisioning,
    store::{StoreError, Tx, client_changes, groups, users},
};

/// Whether a user may use a client: everyone may, unless it is restricted to groups.
pub fn may_use(
    tx: &mut Tx<'_>,
    client: &Client,
    user_id: UserId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(admitted_until(tx, client, user_id, now)?.is_some())
}

/// Until when a user may use a client: the end of the last membership that admits them, far away unless all of
/// them end. `None` for a user who may not use it.
pub fn admitted_until(
    tx: &mut Tx<'_>,
    client: &Client,
    user_id: UserId,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    if !client.is_group_restricted {
        return Ok(Some(Timestamp::FAR_AWAY));
    }
    users::last_end_in_groups_of_client(tx, user_id, &client.id, now)
}

/// Sets exactly these groups of a client. Ignores groups that do not exist. Does not change whether
/// the client is restricted to groups.
pub fn set_groups(
    act: &mut Act<'_, '_>,
    client: &Client,
    wanted: &BTreeSet<GroupId>,
) -> Result<(), Refusal> {
    if replace_groups(act, client, wanted)? {
        let changed = ("changed", "allowedUserGroups".to_owned());
        audit(act, EventKind::ClientChanged, client, [changed])?;
    }
    Ok(())
}

/// Sets the groups without an audit entry. `true` when they changed.
pub(super) fn replace_groups(
    act: &mut Act<'_, '_>,
    client: &Client,
    wanted: &BTreeSet<GroupId>,
) -> Result<bool, Refusal> {
    let mut known = BTreeSet::new();
    for id in wanted {
        known.extend(groups::find(act, *id)?.map(|group| group.id));
    }
    let old: BTreeSet<_> =
        groups::list_of_client(act, &client.id)?.iter().map(|group| group.id).collect();
    if old == known {
        return Ok(false);
    }
    client_changes::replace_groups(act, &client.id, known)?;
    provisioning::note_change(act)?;
    Ok(true)
}
