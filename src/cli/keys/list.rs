//! `pocketid keys list`

use serde::Serialize;

use super::super::{
    column::TableColumn, context::Context, error::CliError, page::Page, report::Outcome,
};
use crate::{model::view::SigningKeyView, operations::signing_keys};

const EXAMPLES: &str = "\
Examples:
  pocketid keys list
  pocketid keys list --output json | jq -r '.[].kid'";

/// List the signing keys
///
/// A key that was replaced stays published until all that it signed has expired. Private keys are never
/// shown.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {}

/// The published signing keys.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct SigningKeyList(pub Vec<SigningKeyView>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<SigningKeyList, CliError> {
        let now = ctx.now();
        let keys = ctx.existing_store()?.read_blocking(move |tx| signing_keys::list(tx, now))?;
        Ok(SigningKeyList(keys))
    }
}

impl Outcome for SigningKeyList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark(
                "There are no signing keys yet. The first start of the server generates them.",
            );
        }
        let rows = self.0.iter().map(|key| {
            [
                key.kid.clone(),
                key.alg.as_str().to_owned(),
                page.moment_cell(key.created_at),
                match key.published_until {
                    None => "signs".to_owned(),
                    Some(end) => format!("replaced, published until {}", page.moment_cell(end)),
                },
            ]
        });
        let rows = rows.collect();
        page.table(
            [
                TableColumn::whole("KEY ID"),
                TableColumn::whole("ALGORITHM").of_importance(3),
                TableColumn::whole("MADE").of_importance(1),
                TableColumn::text("STATE").of_importance(2),
            ],
            rows,
        );
    }
}
