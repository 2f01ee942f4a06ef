//! Pages whose content takes a while to find out, so that their scripts ask for it.

use crate::server::pages::{Heading, Layout, PageFrame};

/// `/settings/admin/health`
#[derive(Debug, askama::Template)]
#[template(path = "settings/health.html")]
pub struct HealthPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    /// Whether it begins by itself: a link of another site must not make it.
    pub begins: bool,
}

/// `/settings/admin/backups`
#[derive(Debug, askama::Template)]
#[template(path = "settings/backups.html")]
pub struct BackupsPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
}
