//! `/setup` and `/signup`

use super::Layout;

/// Creates an account and its passkey: the first one of an installation, or that of whoever may sign up.
#[derive(Debug, askama::Template)]
#[template(path = "setup.html")]
pub struct SetupPage {
    pub layout: Layout,
    /// Whether a code is asked for that only whoever runs the server knows.
    pub asks_for_code: bool,
    /// Whether an account must have an e-mail address.
    pub email_required: bool,
    /// What lets somebody sign up; nothing for the first account.
    pub signup: Option<Signup>,
    /// Where to go afterwards; the server has checked that it is a path of its own.
    pub redirect: Option<String>,
}

/// Leave to make an account.
#[derive(Debug)]
pub struct Signup {
    /// The invitation, where one is needed.
    pub token: Option<String>,
}

/// Says that the first account exists already, and how to get in.
#[derive(Debug, askama::Template)]
#[template(path = "setup_done.html")]
pub struct SetupDonePage {
    pub layout: Layout,
}
