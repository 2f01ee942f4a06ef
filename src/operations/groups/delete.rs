//! Deleting groups.

use super::{Act, Refusal, require};
use crate::{
    model::{ClientId, EventKind, Group, GroupId},
    operations::{from_directory, provisioning},
    store::{clients, groups},
};

/// A group that was deleted.
#[derive(Debug)]
pub struct DeletedGroup {
    /// The group before the deletion.
    pub group: Group,
    /// Clients that only this group could use. No user can sign in to them now.
    pub closed_clients: Vec<ClientId>,
}

/// Deletes a group. The accounts of its members stay. Clients restricted to this group alone can no
/// longer be used by any user.
pub fn delete(act: &mut Act<'_, '_>, id: &GroupId) -> Result<DeletedGroup, Refusal> {
    let group = require(act, *id)?;
    from_directory::refuse_group(act, &group)?;
    let closed_clients = clients::list_open_only_to(act, *id)?;
    groups::delete(act, *id)?;
    provisioning::note_change(act)?;
    act.audit(EventKind::GroupDeleted, *id, [("groupName", group.name.to_string())])?;
    Ok(DeletedGroup { group, closed_clients })
}
