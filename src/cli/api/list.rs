//! `pocketid api list`

use serde::Serialize;

use super::super::{
    column::TableColumn,
    context::Context,
    error::CliError,
    page::{Page, or_none},
    report::Outcome,
};
use crate::{model::view::ApiView, store::apis};

const EXAMPLES: &str = "\
Examples:
  pocketid api list
  pocketid api list --output json | jq -r '.[].resource'

Off a terminal the columns are separated by tabs and have no header.";

/// List the APIs
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {}

/// Every API.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct ApiList(Vec<ApiView>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<ApiList, CliError> {
        let apis = ctx.existing_store()?.read_blocking(apis::list)?;
        Ok(ApiList(apis.iter().map(ApiView::of).collect()))
    }
}

impl Outcome for ApiList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page
                .remark("There are no APIs yet. To register one: pocketid api create RESOURCE");
        }
        let rows = self.0.iter().map(|api| {
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
