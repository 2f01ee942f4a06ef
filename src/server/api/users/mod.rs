//! `/api/users`

pub(in crate::server) mod body;
mod create;
mod delete;
mod email_verification;
mod grants;
mod groups;
mod list;
mod one_time_access;
mod passkeys;
mod sessions;
mod show;
mod update;

use crate::{
    model::{ClaimOwner, User, UserId, view::UserView},
    operations::{Noun, Refusal},
    server::{
        http::ApiError,
        limits,
        route::{Route, delete, get, post, put},
    },
    store::{self, StoreError, Tx, user_list::UserParts},
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/users", list::list),
        post("/api/users", create::create).body(limits::ID_LIST),
        get("/api/users/{id}", show::show),
        put("/api/users/{id}", update::update).body(limits::PROFILE),
        delete("/api/users/{id}", delete::delete),
        get("/api/users/{id}/groups", groups::list),
        put("/api/users/{id}/user-groups", groups::replace).body(limits::ID_LIST),
        get("/api/users/{id}/grants", grants::list),
        delete("/api/users/{id}/grants", grants::revoke_all),
        delete("/api/users/{id}/grants/{grant}", grants::revoke),
        post("/api/users/{id}/one-time-access-email", one_time_access::mail),
        post("/api/users/{id}/one-time-access-token", one_time_access::create),
        get("/api/users/{id}/sessions", sessions::list),
        delete("/api/users/{id}/sessions", sessions::revoke_all),
        delete("/api/users/{id}/sessions/{session}", sessions::revoke),
        get("/api/users/{id}/webauthn-credentials", passkeys::list),
        delete("/api/users/{id}/webauthn-credentials/{credential}", passkeys::delete),
        post("/api/one-time-access-email", one_time_access::mail_oneself),
        post("/api/users/me/send-email-verification", email_verification::send),
        post("/api/users/me/verify-email", email_verification::verify),
    ]
}

/// Parses the user id in a path.
fn id(text: &str) -> Result<UserId, ApiError> {
    super::id(text, || Refusal::NotFound(Noun::User).into())
}

/// Loads a user with groups and claims.
fn load(tx: &mut Tx<'_>, user: User) -> Result<UserParts, StoreError> {
    let groups = store::groups::list_of_user(tx, user.id)?;
    let claims = store::custom_claims::list(tx, ClaimOwner::User(user.id))?;
    Ok(UserParts { user, groups, claims })
}

/// Builds the view of a user with groups and claims.
fn view(parts: &UserParts) -> UserView {
    UserView::of(&parts.user, &parts.groups).with_custom_claims(parts.claims.clone())
}
