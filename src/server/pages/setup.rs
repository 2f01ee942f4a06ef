//! `/setup` and `/signup`

use super::Layout;

/// Creates an account and its passkey: the first account of an installation, or one by signup.
#[derive(Debug, askama::Template)]
#[template(path = "setup.html")]
pub struct SetupPage {
    pub layout: Layout,
    /// Whether the page asks for the setup code, which only the server's operator knows.
    pub asks_for_code: bool,
    /// Whether an account must have an email address.
    pub email_required: bool,
    /// The permission to sign up. None for the first account.
    pub signup: Option<Signup>,
    /// The path to go to afterwards. The server has checked that it is on this site.
    pub redirect: Option<String>,
}

impl SetupPage {
    /// The path to go to afterwards: for the first administrator, to the first application.
    fn path_onward(&self) -> &str {
        let usual = if self.signup.is_some() {
            "/settings/account"
        } else {
            "/settings/admin/oidc-clients/new"
        };
        self.redirect.as_deref().unwrap_or(usual)
    }
}

/// The permission to create an account.
#[derive(Debug)]
pub struct Signup {
    /// The invitation, if one is needed.
    pub token: Option<String>,
}

/// Says that the first account exists already, and how to sign in.
#[derive(Debug, askama::Template)]
#[template(path = "setup_done.html")]
pub struct SetupDonePage {
    pub layout: Layout,
}
