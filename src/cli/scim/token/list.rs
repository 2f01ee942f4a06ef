//! `pocketid scim token list`

use serde::{Serialize, Serializer};

use super::super::super::{
    context::Context,
    error::CliError,
    page::Page,
    report::Outcome,
    token_table::{self, TokenRow},
};
use crate::{
    model::{ScimToken, Timestamp, view::ScimTokenView},
    store::scim_tokens,
};

const EXAMPLES: &str = "\
Examples:
  pocketid scim token list
  pocketid scim token list --output json | jq -r '.[].expiresAt'

Off a terminal the columns are separated by tabs and have no header.";

/// List the SCIM tokens
///
/// Tokens themselves cannot be shown: only their digests are stored.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {}

/// The tokens, by name.
#[derive(Debug)]
pub struct ScimTokenList {
    tokens: Vec<ScimToken>,
    now: Timestamp,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<ScimTokenList, CliError> {
        let tokens = ctx.existing_store()?.read_blocking(scim_tokens::list)?;
        Ok(ScimTokenList { tokens, now: ctx.now() })
    }
}

impl Serialize for ScimTokenList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.tokens.iter().map(ScimTokenView::of))
    }
}

impl Outcome for ScimTokenList {
    fn write_text(&self, page: &mut Page) {
        if self.tokens.is_empty() {
            return page.remark(
                "There are no SCIM tokens. To create one: pocketid scim token create NAME",
            );
        }
        let row = |token: &ScimToken| TokenRow {
            name: token.name.to_string(),
            created_at: token.created_at,
            expires_at: token.expires_at,
            is_live: token.is_live(self.now),
            last_used_at: token.last_used_at,
            id: token.id.to_string(),
        };
        token_table::write(page, self.tokens.iter().map(row));
    }
}
