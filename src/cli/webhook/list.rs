//! `pocketid webhook list`

use serde::{Serialize, Serializer};

use super::{
    super::{column::TableColumn, context::Context, error::CliError, page::Page, report::Outcome},
    shown::{kinds, state},
};
use crate::{
    model::{Webhook, view::WebhookView},
    store::webhooks,
};

const EXAMPLES: &str = "\
Examples:
  pocketid webhook list
  pocketid webhook list --output json | jq -r '.[] | select(.lastError) | .name'

Off a terminal the columns are separated by tabs and have no header.";

/// List webhooks
///
/// With the last delivery of each, and why the last one failed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {}

/// The webhooks, by name.
#[derive(Debug)]
pub struct WebhookList(Vec<Webhook>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<WebhookList, CliError> {
        Ok(WebhookList(ctx.existing_store()?.read_blocking(webhooks::list)?))
    }
}

impl Serialize for WebhookList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(WebhookView::of))
    }
}

impl Outcome for WebhookList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark(
                "There are no webhooks. To create one: pocketid webhook create NAME --url URL",
            );
        }
        let rows = self.0.iter().map(|webhook| {
            let delivered = webhook.deliveries.last_delivered_at;
            [
                webhook.name.to_string(),
                webhook.url.as_str().to_owned(),
                kinds(&webhook.events),
                state(webhook).to_owned(),
                delivered.map_or_else(|| "never".to_owned(), |moment| page.moment_cell(moment)),
                webhook.deliveries.last_error.clone().unwrap_or_default(),
            ]
        });
        page.table(
            [
                TableColumn::text("NAME").of_importance(6),
                TableColumn::text("URL").of_importance(3),
                TableColumn::text("EVENTS").of_importance(1),
                TableColumn::text("STATE").of_importance(5),
                TableColumn::whole("LAST DELIVERY").of_importance(4),
                TableColumn::text("LAST ERROR").of_importance(2),
            ],
            rows.collect(),
        );
    }
}
