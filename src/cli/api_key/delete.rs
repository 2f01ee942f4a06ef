//! `pocketid api-key delete`

use serde::Serialize;

use super::super::{
    context::Context,
    error::CliError,
    names::{ambiguous, meant, not_found},
    removal::{self, Removal, RemovalOptions},
    removed::Removed,
};
use crate::{
    model::{ApiKey, Username, view::ApiKeyView},
    operations::api_keys as operations,
    store::{Store, Tx, api_keys},
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
    #[command(flatten)]
    options: RemovalOptions,
}

/// The key that was deleted.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct DeletedApiKey(ApiKeyView);

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<DeletedApiKey>, CliError> {
        removal::run(ctx, &self)
    }
}

/// A key with the name of its owner.
#[derive(Debug)]
pub struct OwnedKey {
    key: ApiKey,
    username: Username,
}

impl Removal for Delete {
    type Thing = OwnedKey;
    type Gone = DeletedApiKey;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<OwnedKey>, CliError> {
        let all = api_keys::list(tx)?;
        let id = self.key.parse().ok();
        let is_id = |(key, _): &(ApiKey, Username)| Some(key.id) == id;
        let is_name = |(key, _): &(ApiKey, Username)| key.name.as_str() == self.key;
        match &meant(&all, is_id, is_name)[..] {
            [] => Ok(None),
            [(key, username)] => {
                Ok(Some(OwnedKey { key: key.clone(), username: username.clone() }))
            }
            several => {
                let owners = several.iter().map(|(key, name)| format!("{} ({name})", key.id));
                Err(ambiguous("keys", &self.key, &owners.collect::<Vec<_>>()))
            }
        }
    }

    fn missing(&self, tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        let names = api_keys::list(tx)?.into_iter().map(|(key, _)| key.name.to_string());
        let list = "pocketid api-key list";
        let make = "pocketid api-key create NAME --for USER";
        Ok(not_found("api-key", &self.key, &names.collect::<Vec<_>>(), list, make))
    }

    fn consequence(&self, found: &OwnedKey) -> String {
        format!("This deletes the key {} of {}.", found.key.name, found.username)
    }

    fn remove(
        &self,
        ctx: &Context,
        store: &Store,
        found: OwnedKey,
    ) -> Result<DeletedApiKey, CliError> {
        let OwnedKey { key, username } = found;
        let (id, user_id) = (key.id, key.user_id);
        ctx.act(store, (), move |act, ()| operations::delete(act, id, user_id))?;
        ctx.report().note(format!("Deleted the key {} of {username}.", key.name));
        Ok(DeletedApiKey(ApiKeyView::of(&key)))
    }
}
