//! Deleting a group.

use super::{Act, Refusal, require};
use crate::{
    model::{ClientId, EventKind, Group, GroupId},
    store::{clients, groups},
};

/// A group that was deleted.
#[derive(Debug)]
pub struct DeletedGroup {
    /// The group as it was.
    pub group: Group,
    /// The clients that only this group could use: nobody can sign in to them now.
    pub closed_clients: Vec<ClientId>,
}

/// Deletes a group. Its members stay. A client that only this group could use is closed to everybody.
pub fn delete(act: &mut Act<'_, '_>, id: &GroupId) -> Result<DeletedGroup, Refusal> {
    let group = require(act, *id)?;
    let closed_clients = clients::list_open_only_to(act, *id)?;
    groups::delete(act, *id)?;
    act.audit(EventKind::GroupDeleted, *id, [("groupName", group.name.to_string())])?;
    Ok(DeletedGroup { group, closed_clients })
}
