//! `/logout`

use super::Layout;

/// Ends the session, after a click: a link alone must not sign anybody out.
#[derive(Debug, askama::Template)]
#[template(path = "logout.html")]
pub struct LogoutPage {
    pub layout: Layout,
}
