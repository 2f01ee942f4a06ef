//! `pocketid registration token list`

use serde::{Serialize, Serializer};

use super::super::super::{
    context::Context,
    error::CliError,
    listing::Listing,
    page::Page,
    report::Outcome,
    token_table::{self, TokenRow},
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

/// List the registration tokens
///
/// Tokens themselves cannot be shown: only their digests are stored.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// The tokens, by name.
#[derive(Debug)]
pub struct RegistrationTokenList {
    tokens: Vec<RegistrationToken>,
    is_searched: bool,
    now: Timestamp,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<RegistrationTokenList, CliError> {
        let tokens = ctx.existing_store()?.read_blocking(registration_tokens::list)?;
        let tokens = self.listing.pick(tokens, |token| vec![token.name.to_string()]);
        let is_searched = self.listing.is_search();
        Ok(RegistrationTokenList { tokens, is_searched, now: ctx.now() })
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
            return page.remark(if self.is_searched {
                "No registration token has this text in its name."
            } else {
                "There are no registration tokens. To create one: pocketid registration token create NAME"
            });
        }
        let row = |token: &RegistrationToken| TokenRow {
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
