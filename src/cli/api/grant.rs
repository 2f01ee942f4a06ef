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
    #[arg(value_name = "CLIENT")]
    client: String,
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
    #[arg(value_name = "CLIENT")]
    client: String,
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

impl Grant {
    pub fn run(self, ctx: &Context) -> Result<Shown, CliError> {
        let data = [("resource", self.resource.clone()), ("client", self.client.clone())];
        let event = ctx.event(EventKind::ApiGranted, None, data);
        ctx.existing_store()?.write_blocking(move |tx| {
            let api = find_api(tx, &self.resource)?;
            let client = find_client(tx, &self.client)?;
            self.check(&api, &client)?;
            let what = (self.subject.subject_type(), &self.permissions[..]);
            apis::grant(tx, api.id, &client.id, what)?;
            audit_events::insert(tx, &event)?;
            Ok(Shown::load(tx, &api)?)
        })
    }

    fn check(&self, api: &Api, client: &Client) -> Result<(), CliError> {
        let is_public = client.client_type == ClientType::Public;
        if is_public && self.subject.subject_type() == SubjectType::Client {
            return Err(CliError::refused(format!("{} is a public client", client.id)).hint(
                "anybody can claim to be a public client, so it cannot act for itself; leave --for out",
            ));
        }
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
        let data = [("resource", self.resource.clone()), ("client", self.client.clone())];
        let event = ctx.event(EventKind::ApiRevoked, None, data);
        ctx.existing_store()?.write_blocking(move |tx| {
            let api = find_api(tx, &self.resource)?;
            let client = find_client(tx, &self.client)?;
            match apis::revoke(tx, api.id, &client.id)? {
                0 if self.if_present => {}
                0 => {
                    let message = format!("{} may not use {}", client.id, api.resource);
                    return Err(CliError::refused(message)
                        .hint("`pocketid api show` lists the clients that may"));
                }
                _ => audit_events::insert(tx, &event)?,
            }
            Ok(Shown::load(tx, &api)?)
        })
    }
}
