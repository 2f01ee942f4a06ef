//! A page with one table.

use crate::server::pages::{Heading, Layout, PageFrame, PageTable, Tab};

/// Lists things of one kind.
#[derive(Debug, askama::Template)]
#[template(path = "settings/list.html")]
pub struct TablePage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    /// The pages of related lists.
    pub tabs: Vec<Tab>,
    pub table: PageTable,
    pub links: Vec<HeadingLink>,
}

/// A link beside the heading.
#[derive(Debug, Clone)]
pub struct HeadingLink {
    /// The key of its label.
    pub key: &'static str,
    pub href: &'static str,
    /// Whether it is what most people come for.
    pub is_primary: bool,
}
