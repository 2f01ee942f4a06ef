//! `pocketid api-key delete`

use serde::Serialize;

use super::super::{
    context::Context,
    error::CliError,
    names::{ambiguous, meant, not_found},
    prompt,
    removed::Removed,
};
use crate::{
    model::{ApiKey, Username, view::ApiKeyView},
    operations::api_keys as operations,
    store::{Tx, api_keys},
};

const EXAMPLES: &str = "\
Examples:
  pocketid api-key delete 019abcde-1234-7000-8000-0123456789ab
  pocketid api-key delete backup --yes --if-present";

/// Delete an API key
///
/// Programs that have it can no longer use it. On a terminal it asks first; elsewhere it wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Delete {
    /// Id of the key, or its name if it is unique
    #[arg(value_name = "KEY")]
    key: String,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Do nothing when there is no such key
    #[arg(long)]
    if_present: bool,
}

/// The key that was deleted.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct DeletedApiKey(ApiKeyView);

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<DeletedApiKey>, CliError> {
        let store = ctx.existing_store()?;
        let Some((key, username)) = store.read_blocking(|tx| self.find(tx))? else {
            ctx.report().note(format!("The key {} does not exist; nothing was changed.", self.key));
            return Ok(Removed(None));
        };
        let consequence = format!("This deletes the key {} of {username}.", key.name);
        prompt::confirm(ctx, self.yes, &consequence)?;
        let (id, user_id) = (key.id, key.user_id);
        ctx.act(store, (), move |act, ()| operations::delete(act, id, user_id))?;
        ctx.report().note(format!("Deleted the key {} of {username}.", key.name));
        Ok(Removed(Some(DeletedApiKey(ApiKeyView::of(&key)))))
    }

    /// Finds the key to delete. A missing key is an error unless `--if-present` is given.
    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<(ApiKey, Username)>, CliError> {
        let all = api_keys::list(tx)?;
        let id = self.key.parse().ok();
        let is_id = |(key, _): &(ApiKey, Username)| Some(key.id) == id;
        let is_name = |(key, _): &(ApiKey, Username)| key.name.as_str() == self.key;
        match &meant(&all, is_id, is_name)[..] {
            [] if self.if_present => Ok(None),
            [] => {
                let names: Vec<_> = all.iter().map(|(key, _)| key.name.to_string()).collect();
                let make = "pocketid api-key create NAME --for USER";
                Err(not_found("api-key", &self.key, &names, make))
            }
            [one] => Ok(Some((*one).clone())),
            several => {
                let owners = several.iter().map(|(key, name)| format!("{} ({name})", key.id));
                Err(ambiguous("keys", &self.key, &owners.collect::<Vec<_>>()))
            }
        }
    }
}
