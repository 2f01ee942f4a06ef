//! `pocketid keys list`

use serde::Serialize;

use super::super::{context::Context, error::CliError, page::Page, report::Outcome};
use crate::{
    model::Timestamp,
    store::signing_keys::{self, SealedKey},
};

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

/// The keys that are published.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Listed(Vec<KeyView>);

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyView {
    kid: String,
    alg: &'static str,
    created_at: Timestamp,
    published_until: Option<Timestamp>,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<Listed, CliError> {
        let keys = ctx.existing_store()?.read_blocking(signing_keys::list)?;
        Ok(Listed::of(keys, ctx.now()))
    }
}

impl Listed {
    /// The keys that are still published.
    pub fn of(keys: Vec<SealedKey>, now: Timestamp) -> Self {
        let live = keys.into_iter().filter(|key| key.published_until.is_none_or(|end| end > now));
        Self(live.map(KeyView::of).collect())
    }
}

impl KeyView {
    fn of(key: SealedKey) -> Self {
        Self {
            kid: key.kid,
            alg: key.algorithm.as_str(),
            created_at: key.created_at,
            published_until: key.published_until,
        }
    }
}

impl Outcome for Listed {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("There are no keys yet. The first start of the server makes them.");
        }
        let rows = self.0.iter().map(|key| {
            [
                key.kid.clone(),
                key.alg.to_owned(),
                page.moment(key.created_at),
                match key.published_until {
                    None => "signs".to_owned(),
                    Some(end) => format!("replaced, published until {}", page.moment(end)),
                },
            ]
        });
        let rows = rows.collect();
        page.table(["KEY ID", "ALGORITHM", "MADE", "STATE"], rows);
    }
}
