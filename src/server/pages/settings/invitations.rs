//! `/settings/admin/signup-tokens`

use crate::server::pages::{Heading, Layout, PageFrame, PageTable, Pick};

/// Lists the invitations.
#[derive(Debug, askama::Template)]
#[template(path = "settings/invitations.html")]
pub struct InvitationsPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    pub table: PageTable,
    /// The groups that a new user may get at sign-up.
    pub picks: Vec<Pick>,
}
