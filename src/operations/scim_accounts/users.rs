//! Accounts.

use super::{
    Act, Refusal,
    external_id::{self, GivenId},
};
use crate::{
    model::{ScimTokenId, User, UserId},
    operations::{
        people_only::refuse_service,
        users::{self, LastAdministrator, UserChange, UserDraft, Welcome},
    },
    store::scim_ids,
};

/// An account to create over SCIM.
#[derive(Debug, Clone)]
pub struct ScimUserDraft {
    /// The account.
    pub draft: UserDraft,
    /// Its groups and claims.
    pub welcome: Welcome,
    /// The id that the program gives it.
    pub external_id: Option<String>,
}

/// A change of an account over SCIM.
#[derive(Debug, Clone)]
pub struct ScimUserChange {
    /// The account.
    pub id: UserId,
    /// Its change.
    pub change: UserChange,
    /// The id that the program gives it.
    pub external_id: Option<String>,
}

/// Creates an account, with the groups and claims of new accounts.
pub fn create_user(
    act: &mut Act<'_, '_>,
    token: ScimTokenId,
    new: &ScimUserDraft,
) -> Result<User, Refusal> {
    let user = users::create(act, &new.draft, None)?;
    users::welcome(act, &user, &new.welcome)?;
    let given = GivenId { token, id: user.id, external_id: new.external_id.as_deref() };
    external_id::set(act, &scim_ids::USERS, &given)?;
    Ok(user)
}

/// Updates an account and its external id. Refused for administrators and services, unless nothing but the
/// external id changes: that is a note of the program.
pub fn update_user(
    act: &mut Act<'_, '_>,
    token: ScimTokenId,
    update: &ScimUserChange,
) -> Result<User, Refusal> {
    let id = update.id;
    let before = users::require(act, id)?;
    let updated = users::update(act, id, &update.change)?;
    if updated.is_changed {
        refuse_protected(&before)?;
    }
    let given = GivenId { token, id, external_id: update.external_id.as_deref() };
    external_id::set(act, &scim_ids::USERS, &given)?;
    // With the time of this change, on which the version depends.
    users::require(act, id)
}

/// Ends the access of a user, as the first step of a deletion. Refused for administrators and services.
pub fn end_access_of_user(act: &mut Act<'_, '_>, id: UserId) -> Result<(), Refusal> {
    refuse_protected(&users::require(act, id)?)?;
    users::end_access(act, id, LastAdministrator::Stays)
}

/// Deletes an account. Refused for administrators and services.
pub fn delete_user(act: &mut Act<'_, '_>, id: UserId) -> Result<(), Refusal> {
    refuse_protected(&users::require(act, id)?)?;
    users::delete(act, id, LastAdministrator::Stays).map(drop)
}

fn refuse_protected(user: &User) -> Result<(), Refusal> {
    if user.is_admin {
        return Err(Refusal::AdministratorOverScim(user.username.clone()));
    }
    // Services are made here, and no directory knows them.
    refuse_service(user)
}
