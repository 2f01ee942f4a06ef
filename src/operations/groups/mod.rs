//! Groups of users.

mod allowed_clients;
mod changed;
mod create;
mod delete;
mod ended;
mod members;
mod membership_end;
mod update;

pub use allowed_clients::set_clients;
pub use create::{GroupDraft, create};
pub use delete::{DeletedGroup, delete};
pub use ended::{remove_ended, remove_ended_of};
pub use members::{
    MemberDifference, add_member, add_members, compare_members, remove_member, remove_members,
    set_groups_of, set_members,
};
pub use membership_end::{MembershipEnd, set_end};
pub use update::{GroupChange, free_name, update};

use super::{Act, Noun, Refusal};
use crate::{
    model::{ClaimOwner, Group, GroupId, GroupName, Timestamp, reads_as_id, view::GroupParts},
    store::{StoreError, Tx, clients, custom_claims, groups, images, memberships, users},
};

/// Finds a group, or refuses with [`Refusal::NotFound`].
pub fn require(tx: &mut Tx<'_>, id: GroupId) -> Result<Group, Refusal> {
    groups::find(tx, id)?.ok_or(Refusal::NotFound(Noun::Group))
}

/// Loads the members, claims and allowed clients of a group.
pub fn load(tx: &mut Tx<'_>, group: Group, now: Timestamp) -> Result<GroupParts, StoreError> {
    let users = users::list_of_group(tx, group.id, now)?;
    let ends = memberships::ends_of_group(tx, group.id, now)?;
    let claims = custom_claims::list(tx, ClaimOwner::Group(group.id))?;
    let mut allowed = Vec::new();
    for client in clients::list_of_group(tx, group.id)? {
        let logos = images::logos_of_client(tx, &client.id)?;
        allowed.push((client, logos));
    }
    Ok(GroupParts { group, users, ends, claims, clients: allowed })
}

/// Refuses a name that belongs to another group or that a lookup would take for an id. Over SCIM the
/// latter is refused only if there is a group with that id, as for usernames.
fn refuse_taken(act: &mut Act<'_, '_>, id: GroupId, name: &GroupName) -> Result<(), Refusal> {
    let is_refused =
        reads_as_id(name.as_str()) && (!act.may_name_like_ids() || is_id_of_group(act, name)?);
    if is_refused {
        return Err(Refusal::GroupNameReadsAsId(name.clone()));
    }
    match groups::find_by_name(act, name)? {
        Some(owner) if owner.id != id => Err(Refusal::GroupNameInUse(owner.name)),
        _ => Ok(()),
    }
}

/// Whether the name is the id of a group, in any form.
fn is_id_of_group(act: &mut Act<'_, '_>, name: &GroupName) -> Result<bool, StoreError> {
    match name.as_str().parse() {
        Ok(id) => Ok(groups::find(act, id)?.is_some()),
        Err(_) => Ok(false),
    }
}
