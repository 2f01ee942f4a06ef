//! `pocketid api delete`

use serde::Serialize;

use super::super::{
    context::Context,
    error::CliError,
    names::{find_api_opt, no_api},
    removal::{self, Removal, RemovalOptions},
    removed::Removed,
};
use crate::{
    model::{Api, Resource},
    operations::apis,
    store::{Store, Tx},
};

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
    #[command(flatten)]
    options: RemovalOptions,
}

/// The API that was deleted.
#[derive(Debug, Serialize)]
pub struct DeletedApi {
    resource: Resource,
}

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<DeletedApi>, CliError> {
        removal::run(ctx, &self)
    }
}

impl Removal for Delete {
    type Thing = Api;
    type Gone = DeletedApi;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<Api>, CliError> {
        Ok(find_api_opt(tx, &self.resource)?)
    }

    fn missing(&self, tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        Ok(no_api(tx, &self.resource)?)
    }

    fn consequence(&self, api: &Api) -> String {
        format!("This deletes {} and all its permissions.", api.resource)
    }

    fn remove(&self, ctx: &Context, store: &Store, api: Api) -> Result<DeletedApi, CliError> {
        let api = ctx.act(store, api.id, apis::delete)?;
        ctx.report().note(format!("Deleted the API {}.", api.resource));
        Ok(DeletedApi { resource: api.resource })
    }
}
