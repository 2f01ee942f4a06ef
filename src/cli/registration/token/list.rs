//! `pocketid registration token list`

use serde::{Serialize, Serializer};

use super::super::super::{
    column::TableColumn, context::Context, error::CliError, page::Page, report::Outcome,
};
use crate::{
    model::{RegistrationToken, Timestamp, view::RegistrationTokenView},
    store::registration_tokens,
};

const EXAMPLES: &str = "\
Examples:
  pocketid registration token list
  pocketid registration token list --output json | jq -r '.[].expiresAt'

Off a terminal the columns are separated by tabs and have no header.";

/// List the initial access tokens
///
/// Tokens themselves cannot be shown: only their digests are stored.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {}

/// The tokens, by name.
#[derive(Debug)]
pub struct RegistrationTokenList {
    tokens: Vec<RegistrationToken>,
    now: Timestamp,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<RegistrationTokenList, CliError> {
        let tokens = ctx.existing_store()?.read_blocking(registration_tokens::list)?;
        Ok(RegistrationTokenList { tokens, now: ctx.now() })
    }
}

impl Serialize for RegistrationTokenList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.tokens.iter().map(RegistrationTokenView::of))
    }
}

impl Outcome for RegistrationTokenList {
    fn write_text(&self, page: &mut Page) {
        if self.tokens.is_empty() {
            return page.remark(
                "There are no initial access tokens. To create one: pocketid registration token create NAME",
            );
        }
        let rows = self.tokens.iter().map(|token| {
            let expires = token.expires_at.map(|end| page.moment_cell(end));
            let expires = expires.map_or_else(
                || "never".to_owned(),
                |end| if token.is_live(self.now) { end } else { format!("expired {end}") },
            );
            [
                token.name.to_string(),
                page.moment_cell(token.created_at),
                expires,
                token.last_used_at.map_or_else(|| "never".to_owned(), |at| page.moment_cell(at)),
                token.id.to_string(),
            ]
        });
        page.table(
            [
                TableColumn::text("NAME"),
                TableColumn::whole("CREATED").of_importance(1),
                TableColumn::whole("EXPIRES").of_importance(3),
                TableColumn::whole("LAST USED").of_importance(2),
                TableColumn::whole("ID"),
            ],
            rows.collect(),
        );
    }
}
