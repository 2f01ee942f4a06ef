//! Groups with what belongs to them.

use super::super::answer::ScimResource;
use crate::{
    model::{Group, GroupId, ScimTokenId, Timestamp, UserId},
    scim::{MAX_MEMBERS, ScimErrorType, ScimFault, SeenGroup},
    server::http::ScimError,
    store::{Tx, groups, scim_ids},
};

/// Parses the id in a path. A malformed id is an unknown one.
pub(super) fn id(text: &str) -> Result<GroupId, ScimError> {
    text.parse().map_err(|_| ScimError::not_found("group"))
}

/// Finds a group.
pub(super) fn find(tx: &mut Tx<'_>, id: GroupId) -> Result<Group, ScimError> {
    groups::find(tx, id)?.ok_or_else(|| ScimError::not_found("group"))
}

/// A group as a program sees it, with all its members.
pub(super) fn resource(
    tx: &mut Tx<'_>,
    token: ScimTokenId,
    group: &Group,
    base: &str,
    now: Timestamp,
) -> Result<ScimResource, ScimError> {
    let members = members(tx, group.id, now)?;
    let external_id = scim_ids::GROUPS.of(tx, token, group.id)?;
    Ok(SeenGroup { group, external_id: external_id.as_deref(), members: &members }.resource(base))
}

/// The members of a group. Refuses more than an answer may have.
pub(super) fn members(
    tx: &mut Tx<'_>,
    id: GroupId,
    now: Timestamp,
) -> Result<Vec<UserId>, ScimError> {
    let members = groups::member_ids(tx, id, now)?;
    if members.len() <= MAX_MEMBERS {
        return Ok(members);
    }
    let detail = format!(
        "The group has more than {MAX_MEMBERS} members. List groups with excludedAttributes=members, \
         and change members with PATCH."
    );
    Err(ScimFault::new(ScimErrorType::TooMany, detail).into())
}
