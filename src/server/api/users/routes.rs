//! The routes of this folder.

use super::{
    create, delete, email_verification, grants, groups, list, one_time_access, passkeys, picture,
    sessions, show, update,
};
use crate::server::{
    limiter::Policy,
    limits,
    route::{Route, delete, get, post, put},
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
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
        put("/api/users/{id}/profile-picture", picture::set).body(limits::PROFILE_PICTURE),
        delete("/api/users/{id}/profile-picture", picture::delete),
        put("/api/users/me/profile-picture", picture::set_own)
            .limited_for_user(Policy::AccountChange)
            .body(limits::PROFILE_PICTURE),
        delete("/api/users/me/profile-picture", picture::delete_own),
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
