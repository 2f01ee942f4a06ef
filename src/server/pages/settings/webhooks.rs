//! `/settings/admin/webhooks`

use crate::server::pages::{Heading, Layout, PageFrame, Pick, Time};

/// Shows one webhook, or the form for a new one.
#[derive(Debug, askama::Template)]
#[template(path = "settings/webhook.html")]
pub struct WebhookPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    /// Its id and its deliveries; none for a new one.
    pub stored: Option<StoredWebhook>,
    pub name: String,
    pub url: String,
    pub is_enabled: bool,
    /// The kinds of events; none is picked for all.
    pub picks: Vec<Pick>,
}

/// A webhook that exists.
#[derive(Debug)]
pub struct StoredWebhook {
    pub id: String,
    pub last_delivered: Option<Time>,
    /// When the last attempt failed, and why.
    pub failure: Option<(Option<Time>, String)>,
    /// When its receiver said that it is gone.
    pub gone: Option<Time>,
    /// Until when the previous secret signs, too.
    pub previous_until: Option<Time>,
}

impl StoredWebhook {
    /// The path of the webhook in the REST API.
    fn api(&self) -> String {
        format!("/api/webhooks/{}", self.id)
    }
}
