//! `/settings/admin/api-keys`

use crate::server::pages::{Heading, Layout, PageFrame, PageTable};

/// Lists one's own API keys.
#[derive(Debug, askama::Template)]
#[template(path = "settings/api_keys.html")]
pub struct ApiKeysPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    pub table: PageTable,
}
