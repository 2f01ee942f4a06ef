//! The way back to an application whose address is too long for a header

use super::Layout;

/// Goes on to an address that is proven to be the application's.
#[derive(Debug, askama::Template)]
#[template(path = "onward.html")]
pub struct OnwardPage {
    pub layout: Layout,
    pub url: String,
}
