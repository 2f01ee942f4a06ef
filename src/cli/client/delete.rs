//! `pocketid client delete`

use serde::Serialize;

use super::super::{
    context::Context,
    error::CliError,
    names::{find_client, find_client_opt},
    prompt,
    removed::Removed,
};
use crate::{
    model::{ClientId, ClientName},
    operations::clients,
    store::batches,
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
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Do nothing when there is no such client
    #[arg(long)]
    if_present: bool,
}

/// The deleted client.
#[derive(Debug, Serialize)]
pub struct DeletedClient {
    id: ClientId,
    name: ClientName,
}

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<DeletedClient>, CliError> {
        let store = ctx.existing_store()?;
        let found = store.read_blocking(|tx| {
            if self.if_present {
                find_client_opt(tx, &self.name)
            } else {
                find_client(tx, &self.name).map(Some)
            }
        })?;
        let Some(client) = found else {
            ctx.report()
                .note(format!("The client {} does not exist; nothing was changed.", self.name));
            return Ok(Removed(None));
        };
        let deleted = DeletedClient { id: client.id, name: client.name };
        let consequence =
            format!("This deletes {} ({}) and all its tokens.", deleted.name, deleted.id);
        prompt::confirm(ctx, self.yes, &consequence)?;
        batches::delete_grants_of_client(store, &deleted.id)?;
        ctx.act(store, deleted.id.clone(), clients::delete)?;
        ctx.report().note(format!("Deleted the client {} ({}).", deleted.name, deleted.id));
        Ok(Removed(Some(deleted)))
    }
}
