//! `/logout`

use super::Layout;

/// Ends the session, after a click: a link alone must not sign anybody out.
#[derive(Debug, askama::Template)]
#[template(path = "logout.html")]
pub struct LogoutPage {
    pub layout: Layout,
    /// Where a client wants its user back, once that is proven to be its own.
    pub onward: Option<String>,
}

impl LogoutPage {
    fn title(&self) -> &str {
        let is_done = self.layout.signed_in.is_none();
        self.layout.t(if is_done { "logout.done.title" } else { "logout.title" })
    }
}
