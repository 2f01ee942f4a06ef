//! `pocketid api list`

use serde::Serialize;

use super::super::{
    column::TableColumn,
    context::Context,
    error::CliError,
    listing::Listing,
    page::{Page, or_none},
    report::Outcome,
};
use crate::{
    model::view::ApiView,
    store::{apis, list::ListQuery},
};

const EXAMPLES: &str = "\
Examples:
  pocketid api list
  pocketid api list --search example.com --limit 10
  pocketid api list --output json | jq -r '.[].resource'

Off a terminal the columns are separated by tabs and have no header.";

/// List the APIs
///
/// --search looks at resources and names.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// APIs by resource.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct ApiList {
    apis: Vec<ApiView>,
    #[serde(skip)]
    is_searched: bool,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<ApiList, CliError> {
        let query = ListQuery { sort: Some("resource".into()), ..self.listing.query() };
        let apis = ctx.existing_store()?.read_blocking(|tx| apis::first(tx, &query))?;
        let apis = apis.iter().map(ApiView::of).collect();
        Ok(ApiList { apis, is_searched: self.listing.is_search() })
    }
}

impl Outcome for ApiList {
    fn write_text(&self, page: &mut Page) {
        if self.apis.is_empty() {
            return page.remark(if self.is_searched {
                "No resource or name contains this text."
            } else {
                "There are no APIs yet. To register one: pocketid api create RESOURCE"
            });
        }
        let rows = self.apis.iter().map(|api| {
            let keys: Vec<_> = api.permissions.iter().map(|one| one.key.to_string()).collect();
            [api.resource.to_string(), api.name.to_string(), or_none(&keys)]
        });
        page.table(
            [
                TableColumn::whole("RESOURCE"),
                TableColumn::text("NAME").of_importance(2),
                TableColumn::text("PERMISSIONS").of_importance(1),
            ],
            rows.collect(),
        );
    }
}
