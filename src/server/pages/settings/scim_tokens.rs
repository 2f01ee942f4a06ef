//! `/settings/admin/scim-tokens`

use crate::server::pages::{Heading, Layout, PageFrame, PageTable};

/// Lists the SCIM tokens.
#[derive(Debug, askama::Template)]
#[template(path = "settings/scim_tokens.html")]
pub struct ScimTokensPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    pub table: PageTable,
    /// The address that programs are told beside their token.
    pub endpoint: String,
}
