//! Accounts.

use super::{Act, Refusal, external_id};
use crate::{
    model::{ScimTokenId, User, UserId},
    operations::users::{self, LastAdministrator, UserChange, UserDraft, Welcome},
    store::scim_ids,
};

/// Creates an account, with the groups and claims of new accounts.
pub fn create_user(
    act: &mut Act<'_, '_>,
    token: ScimTokenId,
    (draft, welcome): (&UserDraft, &Welcome),
    external_id: Option<&str>,
) -> Result<User, Refusal> {
    let user = users::create(act, draft, None)?;
    users::welcome(act, &user, welcome)?;
    external_id::set(act, &scim_ids::USERS, (token, user.id), external_id)?;
    Ok(user)
}

/// Updates an account and its external id. Refused for administrators, unless nothing but the
/// external id changes: that is a note of the program.
pub fn update_user(
    act: &mut Act<'_, '_>,
    token: ScimTokenId,
    (id, change): (UserId, &UserChange),
    external_id: Option<&str>,
) -> Result<User, Refusal> {
    let before = users::require(act, id)?;
    let updated = users::update(act, id, change)?;
    if updated.is_changed {
        refuse_administrator(&before)?;
    }
    external_id::set(act, &scim_ids::USERS, (token, id), external_id)?;
    Ok(updated.user)
}

/// Ends the access of a user, as the first step of a deletion. Refused for administrators.
pub fn end_access_of_user(act: &mut Act<'_, '_>, id: UserId) -> Result<(), Refusal> {
    refuse_administrator(&users::require(act, id)?)?;
    users::end_access(act, id, LastAdministrator::Stays)
}

/// Deletes an account. Refused for administrators.
pub fn delete_user(act: &mut Act<'_, '_>, id: UserId) -> Result<(), Refusal> {
    refuse_administrator(&users::require(act, id)?)?;
    users::delete(act, id, LastAdministrator::Stays).map(drop)
}

fn refuse_administrator(user: &User) -> Result<(), Refusal> {
    if user.is_admin { Err(Refusal::AdministratorOverScim(user.username.clone())) } else { Ok(()) }
}
