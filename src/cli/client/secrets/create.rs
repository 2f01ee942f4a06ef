//! `pocketid client secret create`

use serde::{Serialize, Serializer};

use super::super::{
    super::{
        context::Context,
        error::CliError,
        names::find_client,
        page::Page,
        report::Outcome,
        ttl::{self, Ttl},
    },
    secret::NewSecret,
};
use crate::{
    model::{ClientType, EventKind, Timestamp, view::ClientSecretView},
    store::{audit_events, clients},
};

/// As many as a client can have, expired ones among them (Pocket ID 2.14).
const MAX_SECRETS: usize = 20;

const EXAMPLES: &str = "\
Examples:
  pocketid client secret create linkding
  pocketid client secret create linkding --expires 90d > linkding.secret

To replace a secret without a break: create a new one, give it to the application, and delete the old
one with `pocketid client secret delete`.";

/// Give a client one more secret
///
/// It is printed this once, alone on its line; only its digest is stored. The secrets that the client has
/// go on working.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Create {
    /// Client ID, or the name when only one client has it
    #[arg(value_name = "CLIENT")]
    client: String,
    /// How long it works, such as 30d, up to 3650d; for good unless given
    #[arg(long, value_name = "TIME", value_parser = ttl::parse_of_secret)]
    expires: Option<Ttl>,
}

/// A new secret, for the one time that it is shown.
#[derive(Debug)]
pub struct Created {
    secret: NewSecret,
    now: Timestamp,
}

impl Create {
    pub fn run(self, ctx: &Context) -> Result<Created, CliError> {
        let mut secret = NewSecret::generate(ctx);
        secret.row.expires_at = self.expires.map(|ttl| ctx.now().plus(ttl.seconds()));
        let event = ctx.event(EventKind::ClientSecretCreated, None, []);
        let new = secret.clone();
        ctx.existing_store()?.write_blocking(move |tx| {
            let client = find_client(tx, &self.client)?;
            if client.client_type == ClientType::Public {
                return Err(CliError::refused(format!(
                    "{} is public and has no secret",
                    client.id
                ))
                .hint(format!(
                    "for one that can keep it: pocketid client update {} --confidential",
                    client.id
                )));
            }
            if clients::list_secrets(tx, &client.id)?.len() >= MAX_SECRETS {
                return Err(CliError::refused(format!(
                    "{} has {MAX_SECRETS} secrets, which is as many as there can be",
                    client.id
                ))
                .hint(format!("see which can go: pocketid client secret list {}", client.id)));
            }
            clients::insert_secret(tx, &client.id, &new.row, new.digest())?;
            let mut event = event.clone();
            event.data.insert("clientId", client.id.to_string());
            event.data.insert("clientName", client.name.to_string());
            event.data.insert("secretPrefix", new.row.prefix.clone());
            Ok(audit_events::insert(tx, &event)?)
        })?;
        Ok(Created { secret, now: ctx.now() })
    }
}

impl Serialize for Created {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct View<'a> {
            #[serde(flatten)]
            row: ClientSecretView,
            secret: &'a str,
        }
        let row = ClientSecretView::of(&self.secret.row, self.now);
        View { row, secret: self.secret.expose() }.serialize(serializer)
    }
}

impl Outcome for Created {
    fn write_text(&self, page: &mut Page) {
        page.remark("Client secret, shown this once:");
        page.line(self.secret.expose());
    }
}
