//! `pocketid scim set`

use std::path::PathBuf;

use serde::{Serialize, Serializer};

use super::{
    super::{
        context::Context, error::CliError, names::find_client, page::Page, report::Outcome,
        secret_file,
    },
    find::ProviderOfClient,
};
use crate::{
    crypto::{MasterKey, Secret},
    model::ScimEndpoint,
    operations::{
        Act,
        scim_providers::{self as operations, ScimProviderDraft, open_token},
    },
    store::scim_providers,
};

const EXAMPLES: &str = "\
Examples:
  pocketid scim set Linkding --endpoint https://links.example.com/scim/v2 --token-file scim.token
  printf %s \"$TOKEN\" | pocketid scim set Linkding --endpoint https://links.example.com/scim/v2 --token-file -
  pocketid scim set Linkding --endpoint https://links.example.com/scim/v2 --no-token";

/// Set the SCIM endpoint of a client
///
/// The server keeps the users and groups that may use the client up to date there: within a minute after each
/// change, and once an hour. A token that is stored already stays, unless another one is given.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Set {
    /// Client: its id or name
    #[arg(value_name = "CLIENT")]
    client: String,
    /// Base URL of the SCIM service, without /Users
    #[arg(long, value_name = "URL")]
    endpoint: ScimEndpoint,
    /// File with the bearer token that the application gave you; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "no_token")]
    token_file: Option<PathBuf>,
    /// Send no token, and delete a stored one
    #[arg(long)]
    no_token: bool,
}

/// A provider that was set.
#[derive(Debug)]
pub struct SetProvider {
    of: ProviderOfClient,
}

/// The input of the change.
struct AskedProvider {
    client: String,
    endpoint: ScimEndpoint,
    /// The new token; `None` to keep the stored one.
    token: Option<Secret>,
    master_key: MasterKey,
}

impl Set {
    pub fn run(self, ctx: &Context) -> Result<SetProvider, CliError> {
        let token = match &self.token_file {
            Some(path) => Some(secret_file::read(path, "the token")?),
            None => self.no_token.then(|| Secret::new("")),
        };
        let store = ctx.existing_store()?;
        let asked = AskedProvider {
            client: self.client,
            endpoint: self.endpoint,
            token,
            master_key: ctx.master_key()?,
        };
        let of = ctx.act(store, asked, set)?;
        ctx.report().note(format!(
            "{} gets its users and groups soon, if the server runs. To do it now: pocketid scim sync {}",
            of.client.name, of.client.id
        ));
        Ok(SetProvider { of })
    }
}

fn set(act: &mut Act<'_, '_>, asked: &AskedProvider) -> Result<ProviderOfClient, CliError> {
    let client = find_client(act, &asked.client)?;
    let existing = scim_providers::find_of_client(act, &client.id)?;
    let stored = match (&asked.token, &existing) {
        (None, Some(provider)) => open_token(provider, &asked.master_key),
        _ => None,
    };
    let draft = ScimProviderDraft {
        client_id: client.id.clone(),
        endpoint: asked.endpoint.clone(),
        token: asked.token.clone().or(stored).unwrap_or_else(|| Secret::new("")),
        master_key: asked.master_key.clone(),
    };
    let provider = match existing {
        Some(provider) => operations::update(act, provider.id, &draft)?,
        None => operations::create(act, &draft)?,
    };
    Ok(ProviderOfClient { client, provider })
}

impl Serialize for SetProvider {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.of.shown().serialize(serializer)
    }
}

impl Outcome for SetProvider {
    fn write_text(&self, page: &mut Page) {
        let ProviderOfClient { client, provider } = &self.of;
        page.line(format!("{}: {}", client.name, provider.endpoint.as_str()));
    }
}
