//! Redirects to an application whose URL is too long for a header

use super::Layout;

/// Redirects to a URL that is registered for the application.
#[derive(Debug, askama::Template)]
#[template(path = "onward.html")]
pub struct OnwardPage {
    pub layout: Layout,
    pub url: String,
}
