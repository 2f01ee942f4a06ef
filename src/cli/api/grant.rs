//! `pocketid api grant` and `pocketid api revoke`

use clap::ValueEnum;

use super::{
    super::{
        context::Context,
        error::CliError,
        names::{find_api, find_client},
    },
    show::ShownApi,
};
use crate::{
    model::{ScopeName, SubjectType},
    operations::apis::{self, AccessDraft},
};

const EXAMPLES: &str = "\
Examples:
  pocketid api grant https://api.example.com shop --permission orders:read
  pocketid api grant https://api.example.com backup --for client --permission orders:read
  pocketid api grant https://api.example.com --metadata-clients --permission orders:read
  pocketid api revoke https://api.example.com shop";

/// Let a client use an API
///
/// On behalf of a user, the client asks with the authorization request; for itself, with the client
/// credentials grant. The permissions are added to those the client already has.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    group = clap::ArgGroup::new("who").required(true).args(["client", "metadata_clients"])
)]
pub struct Grant {
    /// Resource identifier of the API
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    client: Option<String>,
    /// Every client that no administrator registered: with the address of its metadata document as ID
    /// (the setting cimdUrlAllowlist), or registered by itself (dynamicClientRegistration)
    #[arg(long, conflicts_with = "subject")]
    metadata_clients: bool,
    /// Permission that it may ask for; repeat for several
    #[arg(long = "permission", value_name = "KEY")]
    permissions: Vec<ScopeName>,
    /// On whose behalf
    #[arg(long = "for", value_name = "WHOM", default_value = "user")]
    subject: Whom,
}

/// Revoke a client's access to an API
///
/// Its access tokens stay valid until they expire.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    group = clap::ArgGroup::new("who").required(true).args(["client", "metadata_clients"])
)]
pub struct Revoke {
    /// Resource identifier of the API
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    client: Option<String>,
    /// Every unregistered client
    #[arg(long)]
    metadata_clients: bool,
    /// Do nothing when it may not use the API
    #[arg(long)]
    if_present: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Whom {
    /// For the signed-in user
    User,
    /// For itself, without a user
    Client,
}

impl Whom {
    fn subject_type(self) -> SubjectType {
        match self {
            Self::Client => SubjectType::Client,
            Self::User => SubjectType::User,
        }
    }
}

impl Grant {
    pub fn run(self, ctx: &Context) -> Result<ShownApi, CliError> {
        ctx.act(ctx.existing_store()?, self, |act, asked| {
            let api = find_api(act, &asked.resource)?;
            match &asked.client {
                None => apis::add_metadata_access(act, api.id, &asked.permissions)?,
                Some(name) => {
                    let client = find_client(act, name)?;
                    apis::grant(act, api.id, &client, &asked.access())?
                }
            };
            let api = find_api(act, &asked.resource)?;
            Ok(ShownApi::load(act, &api)?)
        })
    }

    fn access(&self) -> AccessDraft {
        let mut access = AccessDraft::default();
        let keys = self.permissions.iter().cloned().collect();
        *access.on_behalf_of(self.subject.subject_type()) = Some(keys);
        access
    }
}

impl Revoke {
    pub fn run(self, ctx: &Context) -> Result<ShownApi, CliError> {
        ctx.act(ctx.existing_store()?, self, |act, asked| {
            let api = find_api(act, &asked.resource)?;
            let had_it = match &asked.client {
                None => apis::remove_metadata_access(act, api.id)?,
                Some(name) => {
                    let client = find_client(act, name)?;
                    apis::revoke(act, api.id, &client)?
                }
            };
            if !had_it && !asked.if_present {
                let client = asked.client.as_deref().unwrap_or("(metadata clients)");
                let message = format!("{client} may not use {}", api.resource);
                return Err(CliError::refused(message).hint(format!(
                    "to list the clients that may: pocketid api show {}",
                    api.resource
                )));
            }
            let api = find_api(act, &asked.resource)?;
            Ok(ShownApi::load(act, &api)?)
        })
    }
}
