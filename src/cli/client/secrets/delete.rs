//! `pocketid client secret delete`

use serde::Serialize;

use super::super::super::{
    context::Context,
    error::CliError,
    names::find_client,
    removal::{self, Removal, RemovalOptions},
    removed::Removed,
};
use crate::{
    model::{Client, ClientSecret, ClientSecretId},
    operations::clients,
    store::{self, Store, Tx},
};

const EXAMPLES: &str = "\
Examples:
  pocketid client secret delete linkding 019abcde-1234-7000-8000-0123456789ab
  pocketid client secret delete linkding a1B2 --yes --if-present";

/// Delete a secret of a client
///
/// The secret stops working at once; tokens that the client got with it stay valid. On a terminal
/// it asks first; elsewhere it wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Delete {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    client: String,
    /// Id of the secret, or its first four characters when only one begins with them
    #[arg(value_name = "SECRET")]
    secret: String,
    #[command(flatten)]
    options: RemovalOptions,
}

/// The deleted secret.
#[derive(Debug, Serialize)]
pub struct DeletedSecret {
    id: ClientSecretId,
    prefix: String,
}

/// A secret of a client.
#[derive(Debug)]
pub struct SecretOfClient {
    secret: ClientSecret,
    client: Client,
    is_only_one: bool,
}

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<DeletedSecret>, CliError> {
        removal::run(ctx, &self)
    }
}

impl Removal for Delete {
    type Thing = SecretOfClient;
    type Gone = DeletedSecret;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<SecretOfClient>, CliError> {
        let client = find_client(tx, &self.client)?;
        let secrets = store::clients::list_secrets(tx, &client.id)?;
        let is_only_one = secrets.len() == 1;
        let is_meant = |secret: &ClientSecret| {
            secret.prefix == self.secret || self.secret.parse().is_ok_and(|id| secret.id == id)
        };
        let mut meant: Vec<_> = secrets.into_iter().filter(is_meant).collect();
        if meant.len() > 1 {
            let ids: Vec<_> = meant.iter().map(|secret| secret.id.to_string()).collect();
            let message = format!("{} secrets begin with \"{}\"", ids.len(), self.secret);
            return Err(CliError::refused(message)
                .hint(format!("give the id of the one you mean: {}", ids.join(", "))));
        }
        Ok(meant.pop().map(|secret| SecretOfClient { secret, client, is_only_one }))
    }

    fn missing(&self, tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        let client = find_client(tx, &self.client)?;
        Ok(CliError::refused(format!("{} has no secret \"{}\"", client.id, self.secret))
            .hint(format!("to list them: pocketid client secret list {}", client.id)))
    }

    fn consequence(&self, found: &SecretOfClient) -> String {
        format!("This deletes the secret {}… of {}.", found.secret.prefix, found.client.id)
    }

    fn remove(
        &self,
        ctx: &Context,
        store: &Store,
        found: SecretOfClient,
    ) -> Result<DeletedSecret, CliError> {
        let SecretOfClient { secret, client, is_only_one } = found;
        let (secret_id, client_id) = (secret.id, client.id.clone());
        let gets_no_tokens = is_only_one && client.keys.is_empty();
        ctx.act(store, client, move |act, client| clients::delete_secret(act, client, secret_id))?;
        ctx.report().note(format!("Deleted the secret {}… of {client_id}.", secret.prefix));
        if gets_no_tokens {
            ctx.report().warn(format!(
                "{client_id} no longer has a secret, and gets no tokens; to create one: pocketid \
                 client secret create {client_id}"
            ));
        }
        Ok(DeletedSecret { id: secret_id, prefix: secret.prefix })
    }
}
