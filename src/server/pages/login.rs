//! `/login`

use super::{Layout, one_time_link, path_on_the_way_to};

/// Asks for a passkey.
#[derive(Debug, askama::Template)]
#[template(path = "login.html")]
pub struct LoginPage {
    pub layout: Layout,
    /// The path to go to afterwards. The server has checked that it is on this site.
    pub redirect: Option<String>,
    /// Whether the user comes here because their session has ended.
    pub has_ended: bool,
    /// Whether anyone may create an account.
    pub may_sign_up: bool,
}

impl LoginPage {
    /// The path of the page for a one-time code, which leads on to the same place.
    fn one_time_path(&self) -> String {
        one_time_link::path(self.redirect.as_deref())
    }

    /// The path of the signup page, which also leads on to the same place.
    fn signup_path(&self) -> String {
        path_on_the_way_to(self.redirect.as_deref(), "/signup")
    }
}

/// The path of this page, which leads on to `redirect`.
pub(super) fn path(redirect: Option<&str>) -> String {
    path_on_the_way_to(redirect, "/login")
}
