//! `pocketid api delete`

use serde::Serialize;

use super::super::{
    context::Context,
    error::CliError,
    names::{find_api, find_api_opt},
    prompt,
    removed::Removed,
};
use crate::{model::Resource, operations::apis};

const EXAMPLES: &str = "\
Examples:
  pocketid api delete https://api.example.com
  pocketid api delete https://api.example.com --yes --if-present";

/// Delete an API, with its permissions and the clients' access to it
///
/// Clients get no more access tokens for it. On a terminal it asks first; elsewhere it wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Delete {
    /// Resource identifier
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Do nothing when there is no such API
    #[arg(long)]
    if_present: bool,
}

/// The API that was deleted.
#[derive(Debug, Serialize)]
pub struct DeletedApi {
    resource: Resource,
}

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<DeletedApi>, CliError> {
        let store = ctx.existing_store()?;
        let found = store.read_blocking(|tx| {
            if self.if_present {
                Ok(find_api_opt(tx, &self.resource)?)
            } else {
                find_api(tx, &self.resource).map(Some)
            }
        })?;
        let Some(api) = found else {
            ctx.report()
                .note(format!("The API {} does not exist; nothing was changed.", self.resource));
            return Ok(Removed(None));
        };
        let consequence = format!("This deletes {} and all its permissions.", api.resource);
        prompt::confirm(ctx, self.yes, &consequence)?;
        let api = ctx.act(store, api.id, apis::delete)?;
        ctx.report().note(format!("Deleted the API {}.", api.resource));
        Ok(Removed(Some(DeletedApi { resource: api.resource })))
    }
}
