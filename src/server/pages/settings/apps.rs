//! `/settings/apps`

use crate::server::pages::{Heading, Layout, PageFrame, Time};

/// Shows the applications of a user.
#[derive(Debug, askama::Template)]
#[template(path = "settings/apps.html")]
pub struct AppsPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    /// Those that can be opened from here.
    pub apps: Vec<AppCard>,
    /// Applications without an address that the user signed in to.
    pub others: Vec<AppCard>,
}

/// An application.
#[derive(Debug, Clone)]
pub struct AppCard {
    /// Its client ID, encoded for a path.
    pub path: String,
    pub name: String,
    pub description: String,
    pub logo: Option<String>,
    /// Its start page, and the host of that.
    pub launch: Option<(String, String)>,
    pub last_used: Option<Time>,
    /// Whether the user has allowed it something, which can be taken back.
    pub is_authorized: bool,
}
