//! `/settings/admin/ssh`

use crate::server::pages::{Heading, Layout, PageFrame, PageTable, Pick, Tab};

/// Shows one account of hosts, or the form for a new one.
#[derive(Debug, askama::Template)]
#[template(path = "settings/ssh_account.html")]
pub struct SshAccountPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    /// Its id; none for a new one.
    pub id: Option<String>,
    pub account: String,
    pub is_for_everyone: bool,
    /// All groups, and which of them may enter it.
    pub picks: Vec<Pick>,
}

impl SshAccountPage {
    /// The path of the account in the REST API.
    fn api(&self) -> String {
        format!("/api/ssh-accounts/{}", self.id.as_deref().unwrap_or_default())
    }
}

/// The keys of the authorities, and the lines for hosts.
#[derive(Debug, askama::Template)]
#[template(path = "settings/ssh_hosts.html")]
pub struct SshHostsPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    pub tabs: Vec<Tab>,
    pub table: PageTable,
    /// The lines for hosts and laptops; none while it is off.
    pub lines: Vec<SshLines>,
}

/// Lines to paste.
#[derive(Debug)]
pub struct SshLines {
    pub id: &'static str,
    /// The key of its name.
    pub key: &'static str,
    pub lines: String,
}
