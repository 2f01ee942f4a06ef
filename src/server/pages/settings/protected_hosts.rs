//! `/settings/admin/protected-hosts`

use crate::server::pages::{Heading, Layout, PageFrame, Pick};

/// Shows one protected host, or the form for a new one.
#[derive(Debug, askama::Template)]
#[template(path = "settings/protected_host.html")]
pub struct ProtectedHostPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    /// Its id; none for a new one.
    pub id: Option<String>,
    /// Whether every path is open.
    pub is_open: bool,
    pub form: ProtectedHostForm,
    /// All groups, and which of them are let in.
    pub picks: Vec<Pick>,
    /// The lines for each proxy; none for a new one.
    pub proxies: Vec<ProxyLines>,
}

/// The fields of a protected host.
#[derive(Debug)]
pub struct ProtectedHostForm {
    pub host: String,
    pub is_restricted: bool,
    pub session_minutes: i64,
    /// One path a line.
    pub open_paths: String,
    pub user_header: String,
    pub name_header: String,
    pub email_header: String,
    pub groups_header: String,
    pub id_header: String,
    pub accepts_bearer_tokens: bool,
    pub accepts_api_keys: bool,
}

/// The lines for a proxy.
#[derive(Debug)]
pub struct ProxyLines {
    pub id: &'static str,
    pub name: &'static str,
    pub lines: String,
}

impl ProtectedHostPage {
    /// The path of the host in the REST API.
    fn api(&self) -> String {
        format!("/api/protected-hosts/{}", self.id.as_deref().unwrap_or_default())
    }
}
