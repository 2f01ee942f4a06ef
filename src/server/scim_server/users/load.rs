//! Users with what belongs to them.

use super::super::answer::ScimResource;
use crate::{
    model::{ScimTokenId, Timestamp, User, UserId},
    scim::SeenUser,
    server::http::ScimError,
    store::{StoreError, Tx, groups, scim_ids, users},
};

/// Parses the id in a path. A malformed id is an unknown one.
pub(super) fn id(text: &str) -> Result<UserId, ScimError> {
    text.parse().map_err(|_| ScimError::not_found("user"))
}

/// Finds a user.
pub(super) fn find(tx: &mut Tx<'_>, id: UserId) -> Result<User, ScimError> {
    users::find(tx, id)?.ok_or_else(|| ScimError::not_found("user"))
}

/// A user as a program sees them.
pub(super) fn resource(
    tx: &mut Tx<'_>,
    token: ScimTokenId,
    user: &User,
    base: &str,
    now: Timestamp,
) -> Result<ScimResource, StoreError> {
    let groups = groups::list_of_user(tx, user.id, now)?;
    let external_id = scim_ids::USERS.of(tx, token, user.id)?;
    Ok(SeenUser { user, external_id: external_id.as_deref(), groups: &groups }.resource(base))
}
