//! `pocketid client delete`

use serde::Serialize;

use super::super::{
    context::Context,
    error::CliError,
    names::{find_client_opt, no_client},
    removal::{self, Removal, RemovalOptions},
    removed::Removed,
};
use crate::{
    model::{Client, ClientId, ClientName},
    operations::clients,
    store::{Store, Tx, batches},
};

const EXAMPLES: &str = "\
Examples:
  pocketid client delete linkding
  pocketid client delete linkding --yes --if-present";

/// Delete a client, and every grant and token that it has
///
/// People can no longer sign in to its application. On a terminal it asks first; elsewhere it
/// wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Delete {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    name: String,
    #[command(flatten)]
    options: RemovalOptions,
}

/// The deleted client.
#[derive(Debug, Serialize)]
pub struct DeletedClient {
    id: ClientId,
    name: ClientName,
}

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<DeletedClient>, CliError> {
        removal::run(ctx, &self)
    }
}

impl Removal for Delete {
    type Thing = Client;
    type Gone = DeletedClient;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<Client>, CliError> {
        let Some(client) = find_client_opt(tx, &self.name)? else { return Ok(None) };
        Ok(Some(clients::require_deletable(tx, &client.id)?))
    }

    fn missing(&self, tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        Ok(no_client(tx, &self.name)?)
    }

    fn consequence(&self, client: &Client) -> String {
        format!("This deletes {} ({}) and all its tokens.", client.name, client.id)
    }

    fn remove(
        &self,
        ctx: &Context,
        store: &Store,
        client: Client,
    ) -> Result<DeletedClient, CliError> {
        let deleted = DeletedClient { id: client.id, name: client.name };
        batches::delete_grants_of_client(store, &deleted.id)?;
        ctx.act(store, deleted.id.clone(), clients::delete)?;
        ctx.report().note(format!("Deleted the client {} ({}).", deleted.name, deleted.id));
        Ok(deleted)
    }
}
