//! `pocketid client secret delete`

use serde::Serialize;

use super::super::super::{
    context::Context, error::CliError, names::find_client, prompt, removed::Removed,
};
use crate::{
    model::{Client, ClientSecret, ClientSecretId},
    operations::clients,
    store,
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
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Do nothing when there is no such secret
    #[arg(long)]
    if_present: bool,
}

/// The deleted secret.
#[derive(Debug, Serialize)]
pub struct DeletedSecret {
    id: ClientSecretId,
    prefix: String,
}

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<DeletedSecret>, CliError> {
        let database = ctx.existing_store()?;
        let (client, secrets) = database.read_blocking(|tx| {
            let client = find_client(tx, &self.client)?;
            let secrets = store::clients::list_secrets(tx, &client.id)?;
            Ok::<_, CliError>((client, secrets))
        })?;
        let Some(secret) = self.choose(&client, &secrets)? else {
            let message =
                format!("{} has no secret {}; nothing was changed.", client.id, self.secret);
            ctx.report().note(message);
            return Ok(Removed(None));
        };
        let prefix = &secret.prefix;
        let consequence = format!("This deletes the secret {prefix}… of {}.", client.id);
        prompt::confirm(ctx, self.yes, &consequence)?;
        ctx.act(database, (client.clone(), secret.id), |act, (client, id)| {
            clients::delete_secret(act, client, *id)
        })?;
        ctx.report().note(format!("Deleted the secret {prefix}… of {}.", client.id));
        if secrets.len() == 1 && client.keys.is_empty() {
            ctx.report().warn(format!(
                "{id} no longer has a secret, and gets no tokens; to create one: pocketid client \
                 secret create {id}",
                id = client.id
            ));
        }
        Ok(Removed(Some(DeletedSecret { id: secret.id, prefix: secret.prefix })))
    }

    /// Finds the secret to delete. A missing secret is an error unless `--if-present` is given.
    fn choose(
        &self,
        client: &Client,
        secrets: &[ClientSecret],
    ) -> Result<Option<ClientSecret>, CliError> {
        let is_meant = |secret: &&ClientSecret| {
            secret.prefix == self.secret || self.secret.parse().is_ok_and(|id| secret.id == id)
        };
        let meant: Vec<_> = secrets.iter().filter(is_meant).collect();
        match &meant[..] {
            [] if self.if_present => Ok(None),
            [] => {
                Err(CliError::refused(format!("{} has no secret \"{}\"", client.id, self.secret))
                    .hint(format!("to list them: pocketid client secret list {}", client.id)))
            }
            [secret] => Ok(Some((*secret).clone())),
            several => {
                let ids: Vec<_> = several.iter().map(|secret| secret.id.to_string()).collect();
                let message = format!("{} secrets begin with \"{}\"", ids.len(), self.secret);
                Err(CliError::refused(message)
                    .hint(format!("give the id of the one you mean: {}", ids.join(", "))))
            }
        }
    }
}
