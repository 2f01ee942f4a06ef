//! Creating groups.

use super::{Act, Refusal, refuse_taken};
use crate::{
    model::{DirectoryId, EventKind, FriendlyName, Group, GroupId, GroupName},
    operations::provisioning,
    store::groups,
};

/// A group to create.
#[derive(Debug, Clone)]
pub struct GroupDraft {
    /// Its id; generated when absent.
    pub id: Option<GroupId>,
    /// The name in the `groups` claim.
    pub name: GroupName,
    /// The name shown to people.
    pub friendly_name: FriendlyName,
    /// The id in the directory that the group comes from.
    pub ldap_id: Option<DirectoryId>,
}

/// Creates a group. Refused when its name belongs to another group or has the form of an id.
pub fn create(act: &mut Act<'_, '_>, draft: &GroupDraft) -> Result<Group, Refusal> {
    let group = Group {
        id: draft.id.unwrap_or_else(|| GroupId(act.new_id())),
        name: draft.name.clone(),
        friendly_name: draft.friendly_name.clone(),
        created_at: act.now(),
        updated_at: act.now(),
        ldap_id: draft.ldap_id.clone(),
    };
    refuse_taken(act, group.id, &group.name)?;
    groups::insert(act, &group)?;
    provisioning::note_change(act)?;
    act.audit(EventKind::GroupCreated, group.id, [("groupName", group.name.to_string())])?;
    Ok(group)
}
