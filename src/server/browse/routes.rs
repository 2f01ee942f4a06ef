//! The routes of pages and their assets.

use super::{
    asset,
    device::device,
    interaction, interaction_error, login, logout, one_time_code, one_time_link, settings, setup,
    signup::{signup, signup_link},
    ways_in,
};
use crate::server::{
    audience::Audience,
    route::{Route, get, moved, page},
};

/// Lists the routes of this module.
pub(in crate::server) fn routes() -> Vec<Route> {
    let mut routes = vec![
        page("/device", device).in_a_sign_in().changes_by_get(),
        page("/interaction", interaction).in_a_sign_in(),
        page("/interaction/error", interaction_error).in_a_sign_in(),
        page("/lc", one_time_code).in_a_sign_in(),
        page("/lc/{code}", one_time_link).in_a_sign_in(),
        page("/login", login).in_a_sign_in(),
        page("/logout", logout).in_a_sign_in(),
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
        page("/", ways_in::home),
        page("/login/alternative", ways_in::alternative).in_a_sign_in(),
        page("/login/alternative/device", ways_in::device_login).in_a_sign_in(),
        page("/login/alternative/email", ways_in::email_login).in_a_sign_in(),
        page("/signup/add-passkey", ways_in::add_passkey),
        page("/verify-email", ways_in::verify_email).in_a_sign_in(),
        moved("/login/alternative/code", "/lc"),
        moved("/login/alternative/{way}", "/login"),
        moved("/settings", "/settings/account"),
        moved("/signup/setup", "/setup"),
    ];
    routes.extend(settings::routes());
    routes
}
