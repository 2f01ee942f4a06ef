//! The routes of this folder.

use super::{
    asserted_subjects, body::UserBody, create, delete, email_verification, grants, groups, invite,
    list, one_time_access, passkeys, picture, sessions, show, update,
};
use crate::{
    model::view::{
        AssertedSubjectView, GrantView, GroupWithUsersView, PasskeyView, SessionView, UserView,
    },
    server::{
        limiter::Policy,
        limits,
        route::{Route, delete, get, post, put},
    },
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    let mut all = of_accounts();
    all.extend(of_what_users_have());
    all
}

fn of_accounts() -> Vec<Route> {
    vec![
        get("/api/users", list::list).lists::<UserView>(),
        post("/api/users", create::create)
            .body(limits::ID_LIST)
            .takes::<UserBody>()
            .creates::<UserView>()
            .refuses(&[409]),
        post("/api/users/invite", invite::invite)
            .body(limits::ID_LIST)
            .takes::<invite::InviteBody>()
            .creates::<UserView>()
            .refuses(&[409]),
        get("/api/users/{id}", show::show).gives::<UserView>(),
        put("/api/users/{id}", update::update)
            .body(limits::PROFILE)
            .takes::<UserBody>()
            .gives::<UserView>()
            .refuses(&[409]),
        delete("/api/users/{id}", delete::delete).refuses(&[409]),
        get("/api/users/{id}/groups", groups::list).gives::<Vec<GroupWithUsersView>>(),
        put("/api/users/{id}/user-groups", groups::replace)
            .body(limits::ID_LIST)
            .takes::<groups::Groups>()
            .gives::<UserView>(),
    ]
}

fn of_what_users_have() -> Vec<Route> {
    vec![
        get("/api/users/{id}/asserted-subjects", asserted_subjects::list)
            .gives::<Vec<AssertedSubjectView>>(),
        delete("/api/users/{id}/asserted-subjects/{subject}", asserted_subjects::remove),
        get("/api/users/{id}/grants", grants::list).gives::<Vec<GrantView<'static>>>(),
        delete("/api/users/{id}/grants", grants::revoke_all),
        delete("/api/users/{id}/grants/{grant}", grants::revoke),
        post("/api/users/{id}/one-time-access-email", one_time_access::mail)
            .takes::<one_time_access::OneTimeAccessBody>()
            .refuses(&[409]),
        post("/api/users/{id}/one-time-access-token", one_time_access::create)
            .takes::<one_time_access::OneTimeAccessBody>()
            .creates::<one_time_access::Code<'static>>()
            .refuses(&[409]),
        put("/api/users/{id}/profile-picture", picture::set)
            .body(limits::PROFILE_PICTURE)
            .takes_file(),
        delete("/api/users/{id}/profile-picture", picture::delete),
        put("/api/users/me/profile-picture", picture::set_own)
            .limited_for_user(Policy::GuardedChange)
            .body(limits::PROFILE_PICTURE)
            .for_users()
            .takes_file(),
        delete("/api/users/me/profile-picture", picture::delete_own).for_users(),
        get("/api/users/{id}/sessions", sessions::list).gives::<Vec<SessionView>>(),
        delete("/api/users/{id}/sessions", sessions::revoke_all),
        delete("/api/users/{id}/sessions/{session}", sessions::revoke),
        get("/api/users/{id}/webauthn-credentials", passkeys::list).gives::<Vec<PasskeyView>>(),
        delete("/api/users/{id}/webauthn-credentials/{credential}", passkeys::delete),
        post("/api/one-time-access-email", one_time_access::mail_oneself)
            .limited_by(Policy::LoginMail)
            .for_anyone()
            .takes::<one_time_access::EmailBody>(),
        post("/api/users/me/send-email-verification", email_verification::send)
            .for_users()
            .refuses(&[409]),
        post("/api/users/me/verify-email", email_verification::verify)
            .for_users()
            .takes::<email_verification::Verification>(),
    ]
}
