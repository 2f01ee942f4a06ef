//! `/settings/admin/scim-tokens` and `/settings/admin/registration-tokens`

use crate::server::pages::{Heading, Layout, PageFrame, PageTable};

/// Lists the tokens that programs have.
#[derive(Debug, askama::Template)]
#[template(path = "settings/program_tokens.html")]
pub struct ProgramTokensPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    pub table: PageTable,
    pub words: TokenWords,
    /// The path of the tokens in the REST API.
    pub api: &'static str,
    /// The address that programs are told beside their token.
    pub endpoint: String,
}

/// The keys of the words about one kind of tokens.
#[derive(Debug, Clone, Copy)]
pub struct TokenWords {
    pub add: &'static str,
    pub name_hint: &'static str,
    pub created: &'static str,
    pub created_about: &'static str,
    pub token: &'static str,
    pub endpoint: &'static str,
}
