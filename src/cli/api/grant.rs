//! `pocketid api grant` and `pocketid api revoke`

use clap::ValueEnum;

use super::{
    super::{
        context::Context,
        error::CliError,
        names::{find_api, find_client},
    },
    show::Shown,
};
use crate::{
    model::{Api, Client, ClientType, EventKind, ScopeName, SubjectType},
    store::{apis, audit_events},
};

const EXAMPLES: &str = "\
Examples:
  pocketid api grant https://api.example.com shop --permission orders:read
  pocketid api grant https://api.example.com backup --for client --permission orders:read
  pocketid api grant https://api.example.com --metadata-clients --permission orders:read
  pocketid api revoke https://api.example.com shop";

/// Let a client use an API
///
/// For its users it asks with the authorization request; for itself with the client credentials grant.
/// Permissions are added to those it has.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Grant {
    /// Resource identifier of the API
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// Client ID, or the name when only one client has it
    #[arg(value_name = "CLIENT", required_unless_present = "metadata_clients")]
    client: Option<String>,
    /// Every client that nobody has registered, and that has its id from its address
    /// (the setting cimdUrlAllowlist)
    #[arg(long, conflicts_with_all = ["client", "subject"])]
    metadata_clients: bool,
    /// Permission that it may ask for; repeat for several
    #[arg(long = "permission", value_name = "KEY")]
    permissions: Vec<ScopeName>,
    /// On whose behalf
    #[arg(long = "for", value_name = "WHOM", default_value = "user")]
    subject: Whom,
}

/// Take an API from a client
///
/// Access tokens that it has stay good until they expire.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Revoke {
    /// Resource identifier of the API
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// Client ID, or the name when only one client has it
    #[arg(value_name = "CLIENT", required_unless_present = "metadata_clients")]
    client: Option<String>,
    /// Every client that nobody has registered
    #[arg(long, conflicts_with = "client")]
    metadata_clients: bool,
    /// Do nothing when it may not use the API
    #[arg(long)]
    if_present: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Whom {
    /// For the user who has signed in to it
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

/// Whom it is about, for the audit log.
fn named(client: Option<&str>) -> String {
    client.unwrap_or("(metadata clients)").to_owned()
}

impl Grant {
    pub fn run(self, ctx: &Context) -> Result<Shown, CliError> {
        let client = named(self.client.as_deref());
        let data = [("resource", self.resource.clone()), ("client", client)];
        let event = ctx.event(EventKind::ApiGranted, None, data);
        ctx.existing_store()?.write_blocking(move |tx| {
            let api = find_api(tx, &self.resource)?;
            self.check_permissions(&api)?;
            match &self.client {
                None => apis::open_to_metadata_clients(tx, api.id, (true, &self.permissions))?,
                Some(name) => {
                    let client = find_client(tx, name)?;
                    self.check_subject(&client)?;
                    let what = (self.subject.subject_type(), &self.permissions[..]);
                    apis::grant(tx, api.id, &client.id, what)?;
                }
            }
            audit_events::insert(tx, &event)?;
            let api = find_api(tx, &self.resource)?;
            Ok(Shown::load(tx, &api)?)
        })
    }

    fn check_subject(&self, client: &Client) -> Result<(), CliError> {
        let is_public = client.client_type == ClientType::Public;
        match is_public && self.subject.subject_type() == SubjectType::Client {
            false => Ok(()),
            true => Err(CliError::refused(format!("{} is a public client", client.id)).hint(
                "anybody can claim to be a public client, so it cannot act for itself; leave --for out",
            )),
        }
    }

    fn check_permissions(&self, api: &Api) -> Result<(), CliError> {
        let known = |key: &ScopeName| api.permissions.iter().any(|one| one.key == *key);
        match self.permissions.iter().find(|key| !known(key)) {
            None => Ok(()),
            Some(key) => {
                Err(CliError::refused(format!("{} has no permission {key}", api.resource))
                    .hint(format!("to add it: pocketid api permission add {} {key}", api.resource)))
            }
        }
    }
}

impl Revoke {
    pub fn run(self, ctx: &Context) -> Result<Shown, CliError> {
        let client = named(self.client.as_deref());
        let data = [("resource", self.resource.clone()), ("client", client.clone())];
        let event = ctx.event(EventKind::ApiRevoked, None, data);
        ctx.existing_store()?.write_blocking(move |tx| {
            let api = find_api(tx, &self.resource)?;
            let had_it = match &self.client {
                Some(name) => {
                    let client = find_client(tx, name)?;
                    apis::revoke(tx, api.id, &client.id)? > 0
                }
                None => {
                    let keys: Vec<_> = api.permissions.iter().map(|one| one.key.clone()).collect();
                    apis::open_to_metadata_clients(tx, api.id, (false, &keys))?;
                    api.is_open_to_metadata_clients
                }
            };
            match had_it {
                true => audit_events::insert(tx, &event)?,
                false if self.if_present => {}
                false => {
                    let message = format!("{client} may not use {}", api.resource);
                    return Err(CliError::refused(message)
                        .hint("`pocketid api show` lists the clients that may"));
                }
            }
            let api = find_api(tx, &self.resource)?;
            Ok(Shown::load(tx, &api)?)
        })
    }
}
