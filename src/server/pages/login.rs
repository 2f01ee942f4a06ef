//! `/login`

use super::{Layout, paths};

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
    fn alternative_path(&self) -> String {
        paths::alternative(self.redirect.as_deref())
    }

    /// The path of the signup page, which also leads on to the same place.
    fn signup_path(&self) -> String {
        paths::signup(self.redirect.as_deref())
    }
}
