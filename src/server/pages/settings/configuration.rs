//! `/settings/admin/application-configuration`

use crate::server::pages::{Heading, Layout, PageFrame, Pick, Tab, Time};

/// Shows the application configuration, a part in each tab.
#[derive(Debug, askama::Template)]
#[template(path = "settings/configuration.html")]
pub struct ConfigurationPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    pub tabs: Vec<Tab>,
    pub tab: &'static str,
    pub fields: Vec<ConfigField>,
    /// The images, in their own tab.
    pub images: Vec<ImageForm>,
    /// How the last sync with the directory ended, in its tab.
    pub last_sync: Option<ShownSync>,
    /// Whether the environment decides, so that nothing can be changed here.
    pub is_locked: bool,
}

/// How the last sync with the directory ended.
#[derive(Debug)]
pub struct ShownSync {
    pub ended: Time,
    /// Why it failed.
    pub fault: Option<String>,
    /// Whether it waits for a confirmation.
    pub needs_confirmation: bool,
    /// The changes, in words.
    pub counts: Vec<String>,
    /// The first skipped entries, with the reasons.
    pub warnings: Vec<String>,
    /// How many more there were, in words.
    pub more: Option<String>,
}

/// A key of the configuration.
#[derive(Debug)]
pub struct ConfigField {
    /// Its name in the REST API.
    pub name: &'static str,
    pub label: String,
    pub hint: String,
    pub kind: ConfigFieldKind,
}

/// How a key is shown.
#[derive(Debug)]
pub enum ConfigFieldKind {
    Toggle(bool),
    /// A text, and the type of its field.
    Text(String, &'static str),
    /// A secret, which is not shown: whether there is one.
    Secret(bool),
    /// The choices, and the chosen one.
    Choice(Vec<(String, String)>, String),
    /// A text a line.
    Lines(String),
    Groups(Vec<Pick>),
    Claims(Vec<(String, String)>),
    /// A colour, and suggestions.
    Color(String),
}

/// The media types of logos and other images, for the fields that take their files.
pub const IMAGE_TYPES: &str = "image/png,image/jpeg,image/webp,image/avif,image/gif,image/svg+xml";

/// An image of the installation.
#[derive(Debug)]
pub struct ImageForm {
    /// The key of its label.
    pub label: &'static str,
    pub id: &'static str,
    /// The path in the REST API.
    pub path: &'static str,
    /// The path for looking at it.
    pub shown: Option<String>,
    pub is_on_dark: bool,
}

/// Shows the signing keys.
#[derive(Debug, askama::Template)]
#[template(path = "settings/signing_keys.html")]
pub struct SigningKeysPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    pub table: crate::server::pages::PageTable,
}
