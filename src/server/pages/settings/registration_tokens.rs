//! `/settings/admin/registration-tokens`

use crate::server::pages::{Heading, Layout, PageFrame, PageTable};

/// Lists the initial access tokens.
#[derive(Debug, askama::Template)]
#[template(path = "settings/registration_tokens.html")]
pub struct RegistrationTokensPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    pub table: PageTable,
    /// The address that programs are told beside their token.
    pub endpoint: String,
}
