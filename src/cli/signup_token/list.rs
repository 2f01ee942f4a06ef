//! `pocketid signup-token list`

use serde::{Serialize, Serializer};

use super::super::{
    column::TableColumn,
    context::Context,
    error::CliError,
    page::{Page, or_none},
    report::Outcome,
};
use crate::{
    model::{Group, SignupToken, view::SignupTokenView},
    store::{StoreError, signup_tokens},
};

const EXAMPLES: &str = "\
Examples:
  pocketid signup-token list
  pocketid signup-token list --output json | jq -r '.[].id'

Off a terminal the columns are separated by tabs and have no header.";

/// List the invitations that have not expired
///
/// Those that are used up stay in the list until they expire. The tokens are in the list of the REST API
/// (/api/signup-tokens).
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {}

/// Invitations, and the groups that new users join.
#[derive(Debug)]
pub struct SignupTokenList(Vec<(SignupToken, Vec<Group>)>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<SignupTokenList, CliError> {
        let now = ctx.now();
        let tokens = ctx.existing_store()?.read_blocking(move |tx| {
            let tokens = signup_tokens::list(tx, now)?.into_iter();
            tokens
                .map(|token| {
                    let groups = signup_tokens::list_groups(tx, token.id)?;
                    Ok::<_, StoreError>((token, groups))
                })
                .collect::<Result<Vec<_>, _>>()
        })?;
        Ok(SignupTokenList(tokens))
    }
}

impl Serialize for SignupTokenList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tokens = self.0.iter();
        serializer.collect_seq(tokens.map(|(token, groups)| SignupTokenView::of(token, groups)))
    }
}

impl Outcome for SignupTokenList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page
                .remark("There are no invitations. To create one: pocketid signup-token create");
        }
        let rows = self.0.iter().map(|(token, groups)| {
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
