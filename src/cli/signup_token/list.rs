//! `pocketid signup-token list`

use serde::{Serialize, Serializer};

use super::super::{
    column::TableColumn,
    context::Context,
    error::CliError,
    listing::Listing,
    page::{Page, or_none},
    report::Outcome,
};
use crate::{
    model::{Group, SignupToken, view::SignupTokenView},
    store::signup_tokens,
};

const EXAMPLES: &str = "\
Examples:
  pocketid signup-token list
  pocketid signup-token list --search staff --limit 10
  pocketid signup-token list --output json | jq -r '.[].id'

Off a terminal the columns are separated by tabs and have no header.";

/// List the invitations that have not expired
///
/// Those that are used up stay in the list until they expire. The tokens are in the list of the REST API
/// (/api/signup-tokens). --search looks at the names of the groups.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// Invitations, and the groups that new users join.
#[derive(Debug)]
pub struct SignupTokenList {
    tokens: Vec<(SignupToken, Vec<Group>)>,
    is_searched: bool,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<SignupTokenList, CliError> {
        let now = ctx.now();
        let query = self.listing.query();
        let tokens =
            ctx.existing_store()?.read_blocking(move |tx| signup_tokens::first(tx, &query, now))?;
        Ok(SignupTokenList { tokens, is_searched: self.listing.is_search() })
    }
}

impl Serialize for SignupTokenList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tokens = self.tokens.iter();
        serializer.collect_seq(tokens.map(|(token, groups)| SignupTokenView::of(token, groups)))
    }
}

impl Outcome for SignupTokenList {
    fn write_text(&self, page: &mut Page) {
        if self.tokens.is_empty() {
            return page.remark(if self.is_searched {
                "No invitation has a group with this text in its name."
            } else {
                "There are no invitations. To create one: pocketid signup-token create"
            });
        }
        let rows = self.tokens.iter().map(|(token, groups)| {
            let names: Vec<_> = groups.iter().map(|group| group.name.to_string()).collect();
            let uses = format!("{} of {}", token.usage_count, token.usage_limit);
            [
                if token.is_used_up() { format!("{uses}, used up") } else { uses },
                or_none(&names),
                page.moment_cell(token.created_at),
                page.moment_cell(token.expires_at),
                token.id.to_string(),
            ]
        });
        page.table(
            [
                TableColumn::whole("USED").of_importance(4),
                TableColumn::text("GROUPS").of_importance(2),
                TableColumn::whole("CREATED").of_importance(1),
                TableColumn::whole("EXPIRES").of_importance(3),
                TableColumn::whole("ID"),
            ],
            rows.collect(),
        );
    }
}
