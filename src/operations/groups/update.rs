//! Updating groups.

use super::{Act, Refusal, refuse_taken, require};
use crate::{
    model::{EventKind, FriendlyName, Group, GroupId, GroupName},
    operations::{Change, from_directory, provisioning},
    store::groups,
};

/// A change of a group.
#[derive(Debug, Clone, Default)]
pub struct GroupChange {
    /// The name in the `groups` claim.
    pub name: Change<GroupName>,
    /// The name shown to people.
    pub friendly_name: Change<FriendlyName>,
    /// The name before [`free_name`], for the audit log.
    pub freed_name: Option<GroupName>,
}

/// Updates a group. Its members and allowed clients stay.
pub fn update(act: &mut Act<'_, '_>, id: GroupId, change: &GroupChange) -> Result<Group, Refusal> {
    let mut group = require(act, id)?;
    let old_name = change.freed_name.clone().unwrap_or_else(|| group.name.clone());
    let mut changed = Vec::new();
    if change.name.apply(&mut group.name) {
        refuse_taken(act, id, &group.name)?;
        changed.push("name");
    }
    if change.friendly_name.apply(&mut group.friendly_name) {
        changed.push("friendlyName");
    }
    if !changed.is_empty() {
        from_directory::refuse_group(act, &group)?;
        let now = act.now();
        groups::update(act, &group, now)?;
        provisioning::note_change(act)?;
        let data = [
            ("groupName", group.name.to_string()),
            ("oldName", old_name.to_string()),
            ("changed", changed.join(" ")),
        ];
        act.audit(EventKind::GroupChanged, id, data)?;
    }
    Ok(group)
}

/// Gives a group a temporary name, so that two groups can swap names in one transaction. Returns
/// the old name.
pub fn free_name(act: &mut Act<'_, '_>, id: GroupId) -> Result<GroupName, Refusal> {
    let mut group = require(act, id)?;
    let free = format!("renamed-{id}").parse().expect("an id makes a name of a group");
    let freed = std::mem::replace(&mut group.name, free);
    let now = act.now();
    groups::update(act, &group, now)?;
    Ok(freed)
}
