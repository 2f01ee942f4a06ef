//! `/login`

use super::{Layout, one_time_link, path_on_the_way_to};

/// Asks for a passkey.
#[derive(Debug, askama::Template)]
#[template(path = "login.html")]
pub struct LoginPage {
    pub layout: Layout,
    /// Where to go afterwards; the server has checked that it is a path of its own.
    pub redirect: Option<String>,
    /// Whether somebody comes here because their session has ended.
    pub has_ended: bool,
    /// Whether everybody may make an account.
    pub may_sign_up: bool,
}

impl LoginPage {
    /// The page for a one-time code, which goes on to the same place.
    fn one_time_path(&self) -> String {
        one_time_link::path(self.redirect.as_deref())
    }

    /// The page for a new account, likewise.
    fn signup_path(&self) -> String {
        path_on_the_way_to(self.redirect.as_deref(), "/signup")
    }
}

/// The path of this page, for someone who is on the way to `redirect`.
pub(super) fn path(redirect: Option<&str>) -> String {
    path_on_the_way_to(redirect, "/login")
}
