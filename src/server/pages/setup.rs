//! `/setup`

use super::Layout;

/// Creates the first account and its passkey, on an installation that has none.
#[derive(Debug, askama::Template)]
#[template(path = "setup.html")]
pub struct SetupPage {
    pub layout: Layout,
    /// Whether an account must have an e-mail address.
    pub email_required: bool,
}

/// Says that the first account exists already, and how to get in.
#[derive(Debug, askama::Template)]
#[template(path = "setup_done.html")]
pub struct SetupDonePage {
    pub layout: Layout,
}
