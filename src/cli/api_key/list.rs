//! `pocketid api-key list`

use serde::{Serialize, Serializer};

use super::super::{
    column::TableColumn, context::Context, error::CliError, listing::Listing, names::find_user,
    page::Page, report::Outcome,
};
use crate::{
    model::{ApiKey, Timestamp, Username, view::ApiKeyView},
    store::api_keys,
};

const EXAMPLES: &str = "\
Examples:
  pocketid api-key list
  pocketid api-key list --search backup --limit 10
  pocketid api-key list alice --output json | jq -r '.[].expiresAt'

Off a terminal the columns are separated by tabs and have no header.";

/// List the API keys
///
/// Keys themselves cannot be shown: only their digests are stored. Those that have expired stay in the list
/// until they are deleted. --search looks at names and usernames.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    /// Only those of this user: username, email or id
    #[arg(value_name = "USER")]
    owner: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

/// API keys with their owners' usernames.
#[derive(Debug)]
pub struct ApiKeyList {
    keys: Vec<(ApiKey, Username)>,
    is_searched: bool,
    now: Timestamp,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<ApiKeyList, CliError> {
        let keys = ctx.existing_store()?.read_blocking(|tx| {
            let owner = self.owner.as_deref().map(|name| find_user(tx, name)).transpose()?;
            let query = self.listing.query().only("userId", owner.map(|user| user.id));
            Ok::<_, CliError>(api_keys::first(tx, &query)?)
        })?;
        Ok(ApiKeyList { keys, is_searched: self.listing.is_search(), now: ctx.now() })
    }
}

impl Serialize for ApiKeyList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Row<'a> {
            username: &'a Username,
            #[serde(flatten)]
            key: ApiKeyView,
        }
        let rows = self.keys.iter();
        serializer
            .collect_seq(rows.map(|(key, username)| Row { username, key: ApiKeyView::of(key) }))
    }
}

impl Outcome for ApiKeyList {
    fn write_text(&self, page: &mut Page) {
        if self.keys.is_empty() {
            return page.remark(if self.is_searched {
                "No API key has this text in its name or its owner's username."
            } else {
                "There are no API keys. To create one: pocketid api-key create NAME --for USER"
            });
        }
        let rows = self.keys.iter().map(|(key, username)| {
            let moment = page.moment_cell(key.expires_at);
            [
                key.name.to_string(),
                username.to_string(),
                page.moment_cell(key.created_at),
                if key.is_live(self.now) { moment } else { format!("expired {moment}") },
                key.last_used_at.map_or_else(|| "never".to_owned(), |at| page.moment_cell(at)),
                key.id.to_string(),
            ]
        });
        page.table(
            [
                TableColumn::text("NAME"),
                TableColumn::text("USERNAME").of_importance(4),
                TableColumn::whole("CREATED").of_importance(1),
                TableColumn::whole("EXPIRES").of_importance(3),
                TableColumn::whole("LAST USED").of_importance(2),
                TableColumn::whole("ID"),
            ],
            rows.collect(),
        );
    }
}
