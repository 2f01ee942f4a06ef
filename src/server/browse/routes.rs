//! The routes of pages and their assets.

use super::{
    account, asset,
    device::device,
    interaction, interaction_error, login, logout, one_time_code, one_time_link, setup,
    signup::{signup, signup_link},
};
use crate::server::{
    audience::Audience,
    route::{Route, get, moved, page},
};

/// Lists the routes of this module.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        page("/device", device).in_a_sign_in().changes_by_get(),
        page("/interaction", interaction).in_a_sign_in(),
        page("/interaction/error", interaction_error).in_a_sign_in(),
        page("/lc", one_time_code).in_a_sign_in(),
        page("/lc/{code}", one_time_link).in_a_sign_in(),
        page("/login", login).in_a_sign_in(),
        page("/logout", logout).in_a_sign_in(),
        page("/settings/account", account),
        page("/setup", setup),
        page("/signup", signup).in_a_sign_in(),
        page("/st/{token}", signup_link).in_a_sign_in(),
        get("/assets/{version}/{file}", asset)
            .told_to(Audience::Script)
            .for_anyone()
            .gives_media(&["image/svg+xml", "text/css", "text/javascript"])
            .without_cookies()
            .uncounted()
            .quiet(),
        moved("/", "/settings/account"),
        moved("/login/alternative", "/lc"),
        moved("/login/alternative/code", "/lc"),
        moved("/login/alternative/{way}", "/login"),
        moved("/settings", "/settings/account"),
        moved("/settings/admin", "/settings/account"),
        moved("/settings/admin/{*page}", "/settings/account"),
        moved("/settings/apps", "/settings/account"),
        moved("/settings/audit-log", "/settings/account"),
        moved("/signup/add-passkey", "/settings/account"),
        moved("/signup/setup", "/setup"),
        moved("/verify-email", "/settings/account"),
    ]
}
