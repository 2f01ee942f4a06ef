//! `/settings/admin/user-groups`

use crate::server::pages::{Heading, Layout, PageFrame, PageTable, Pick, Tab};

/// Shows one group, or the form for a new one.
#[derive(Debug, askama::Template)]
#[template(path = "settings/group.html")]
pub struct GroupPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    pub tabs: Vec<Tab>,
    pub tab: GroupTab,
    /// Its id; none for a new one.
    pub id: Option<String>,
    pub name: String,
    pub friendly_name: String,
    /// Whether it is changed in the directory only.
    pub is_kept: bool,
}

/// The content of a tab.
#[derive(Debug)]
pub enum GroupTab {
    General,
    /// The members.
    Users(Box<PageTable>),
    /// All clients, and which of them it may use.
    Clients(Vec<Pick>),
    /// The claims: name and value.
    Claims(Vec<(String, String)>),
}

impl GroupPage {
    /// The path of the group in the REST API.
    fn api(&self) -> String {
        format!("/api/user-groups/{}", self.id.as_deref().unwrap_or_default())
    }
}
