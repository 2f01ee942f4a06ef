//! `/api/users`

mod asserted_subjects;
pub(in crate::server) mod body;
mod create;
mod delete;
mod email_verification;
mod grants;
mod groups;
mod invite;
mod list;
mod one_time_access;
mod passkeys;
mod picture;
mod routes;
mod sessions;
mod show;
mod update;

pub(super) use routes::routes;

use crate::{
    model::{ClaimOwner, Timestamp, User, UserId, view::UserView},
    operations::{Noun, Refusal},
    server::http::ApiError,
    store::{self, StoreError, Tx, user_list::UserParts},
};

/// Parses the user id in a path.
fn id(text: &str) -> Result<UserId, ApiError> {
    super::id(text, || Refusal::NotFound(Noun::User).into())
}

/// Loads a user with groups and claims.
fn load(tx: &mut Tx<'_>, user: User, now: Timestamp) -> Result<UserParts, StoreError> {
    let groups = store::groups::list_of_user(tx, user.id, now)?;
    let ends = store::memberships::ends_of_user(tx, user.id, now)?;
    let claims = store::custom_claims::list(tx, ClaimOwner::User(user.id))?;
    Ok(UserParts { user, groups, ends, claims })
}

/// Builds the view of a user with groups and claims.
fn view(parts: &UserParts) -> UserView {
    UserView::of(&parts.user, &parts.groups)
        .with_membership_ends(&parts.ends)
        .with_custom_claims(parts.claims.clone())
}
