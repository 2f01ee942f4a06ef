//! `pocketid scim remove`

use serde::Serialize;

use super::{
    super::{
        context::Context,
        error::CliError,
        removal::{self, Removal, RemovalOptions},
        removed::Removed,
    },
    find::{ProviderOfClient, ShownProvider, find_opt, missing},
};
use crate::{
    operations::scim_providers as operations,
    store::{Store, Tx},
};

const EXAMPLES: &str = "\
Examples:
  pocketid scim remove Linkding
  pocketid scim remove Linkding --yes --if-present";

/// Remove the SCIM endpoint of a client
///
/// The accounts and groups in the application stay, and are no longer kept up to date. On a terminal it asks
/// first; elsewhere it wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Remove {
    /// Client: its id or name
    #[arg(value_name = "CLIENT")]
    client: String,
    #[command(flatten)]
    options: RemovalOptions,
}

/// The provider that was removed.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct RemovedProvider(ShownProvider);

impl Remove {
    pub fn run(self, ctx: &Context) -> Result<Removed<RemovedProvider>, CliError> {
        removal::run(ctx, &self)
    }
}

impl Removal for Remove {
    type Thing = ProviderOfClient;
    type Gone = RemovedProvider;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<ProviderOfClient>, CliError> {
        find_opt(tx, &self.client)
    }

    fn missing(&self, _tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        Ok(missing(&self.client))
    }

    fn consequence(&self, found: &ProviderOfClient) -> String {
        let ProviderOfClient { client, provider } = found;
        let endpoint = provider.endpoint.as_str();
        format!(
            "This removes the endpoint {endpoint} and its token; the accounts of {} stay there.",
            client.name
        )
    }

    fn remove(
        &self,
        ctx: &Context,
        store: &Store,
        found: ProviderOfClient,
    ) -> Result<RemovedProvider, CliError> {
        let id = found.provider.id;
        ctx.act(store, (), move |act, ()| operations::delete(act, id))?;
        ctx.report().note(format!("Removed the SCIM endpoint of {}.", found.client.name));
        Ok(RemovedProvider(found.shown()))
    }
}
