//! Groups.

use std::collections::BTreeSet;

use super::{
    Act, Refusal,
    external_id::{self, GivenId},
};
use crate::{
    model::{Group, GroupId, ScimTokenId, UserId},
    operations::{
        from_directory,
        groups::{self, GroupChange, GroupDraft, MemberDifference},
    },
    store::{scim_ids, services, users},
};

/// A change of the members of a group.
#[derive(Debug, Clone)]
pub enum MemberEdit {
    /// Adds these.
    Add(Vec<UserId>),
    /// Removes these. Those that are no members are ignored.
    Remove(Vec<UserId>),
    /// Sets exactly these.
    Replace(Vec<UserId>),
}

/// A group to create over SCIM.
#[derive(Debug, Clone)]
pub struct ScimGroupDraft {
    /// The group.
    pub draft: GroupDraft,
    /// Its members.
    pub members: Vec<UserId>,
    /// The id that the program gives it.
    pub external_id: Option<String>,
}

/// A change of a group over SCIM.
#[derive(Debug, Clone)]
pub struct ScimGroupChange {
    /// The group.
    pub id: GroupId,
    /// The change of its names.
    pub change: GroupChange,
    /// The id that the program gives it.
    pub external_id: Option<String>,
}

/// Creates a group with its members. Refused when one of them does not exist.
pub fn create_group(
    act: &mut Act<'_, '_>,
    token: ScimTokenId,
    new: &ScimGroupDraft,
) -> Result<Group, Refusal> {
    let group = groups::create(act, &new.draft)?;
    refuse_unknown(act, &new.members)?;
    groups::add_members(act, &group, &new.members)?;
    let given = GivenId { token, id: group.id, external_id: new.external_id.as_deref() };
    external_id::set(act, &scim_ids::GROUPS, &given)?;
    Ok(group)
}

/// Updates the names of a group and its external id.
pub fn update_group(
    act: &mut Act<'_, '_>,
    token: ScimTokenId,
    update: &ScimGroupChange,
) -> Result<Group, Refusal> {
    let id = update.id;
    groups::update(act, id, &update.change)?;
    let given = GivenId { token, id, external_id: update.external_id.as_deref() };
    external_id::set(act, &scim_ids::GROUPS, &given)?;
    groups::require(act, id)
}

/// Deletes a group. The accounts of its members stay.
pub fn delete_group(act: &mut Act<'_, '_>, id: GroupId) -> Result<(), Refusal> {
    groups::delete(act, &id).map(drop)
}

/// Changes the members of a group. Refused when a new member does not exist.
pub fn edit_members(
    act: &mut Act<'_, '_>,
    group: &Group,
    edit: &MemberEdit,
) -> Result<(), Refusal> {
    let is_changed = match edit {
        MemberEdit::Add(ids) => {
            refuse_unknown(act, ids)?;
            groups::add_members(act, group, ids)?
        }
        MemberEdit::Remove(ids) => {
            let people = without_services(act, ids)?;
            groups::remove_members(act, group, &people)?
        }
        MemberEdit::Replace(ids) => {
            let now = act.now();
            let wanted: BTreeSet<_> = ids.iter().copied().collect();
            let MemberDifference { gone, new } = groups::compare_members(act, group, &wanted, now)?;
            refuse_unknown(act, &new)?;
            let gone = without_services(act, &gone)?;
            groups::remove_members(act, group, &gone)? | groups::add_members(act, group, &new)?
        }
    };
    // The transaction ends with the refusal, so nothing is changed.
    if is_changed { from_directory::refuse_group(act, group) } else { Ok(()) }
}

fn refuse_unknown(act: &mut Act<'_, '_>, ids: &[UserId]) -> Result<(), Refusal> {
    if let Some(id) = users::find_unknown(act, ids)? {
        return Err(Refusal::UnknownUser(id));
    }
    // Services are not accounts of the directory behind SCIM, which does not see them.
    let people = without_services(act, ids)?;
    match ids.iter().find(|id| !people.contains(id)) {
        Some(id) => Err(Refusal::UnknownUser(*id)),
        None => Ok(()),
    }
}

/// Those of the users that are people: SCIM neither adds services to groups nor takes them out.
fn without_services(act: &mut Act<'_, '_>, ids: &[UserId]) -> Result<Vec<UserId>, Refusal> {
    let services: BTreeSet<_> = services::ids(act)?.into_iter().collect();
    Ok(ids.iter().copied().filter(|id| !services.contains(id)).collect())
}
