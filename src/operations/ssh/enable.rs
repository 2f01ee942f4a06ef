//! Turning SSH certificates on.

use std::collections::BTreeSet;

use super::{
    Act, Refusal,
    ca_keys::{self, NewSshCaKeys},
};
use crate::{
    crypto::ssh::SshCertificateKind,
    model::{ClientId, ClientType, Resource, SshCaKey},
    operations::{
        Change, apis, clients,
        clients::{ClientChange, ClientDraft, ssh_client_id},
    },
    store::{apis as api_rows, clients as client_rows},
};

/// Its access token is used at once.
const ACCESS_TOKEN_SECONDS: i64 = 300;

/// The API whose tokens get certificates: the address of its only endpoint.
pub fn resource(issuer: &str) -> Resource {
    let resource = format!("{issuer}/api/ssh/certificates").parse();
    resource.expect("an issuer is an address, and short")
}

/// The input for turning SSH certificates on.
#[derive(Debug)]
pub struct SshSetup {
    /// Keys for the authorities that have none yet.
    pub keys: NewSshCaKeys,
    /// The issuer of this provider.
    pub issuer: String,
}

/// The authorities after that.
#[derive(Debug)]
pub struct Enabled {
    /// The keys that hosts and users trust.
    pub keys: Vec<SshCaKey>,
    /// Whether anything was missing.
    pub is_changed: bool,
}

/// Creates the missing parts: the key of each authority, the API whose tokens get certificates, the
/// client behind `pocketid ssh login`, and its access. What is there stays as it is. Refused when
/// something else has the id of the client.
pub fn enable(act: &mut Act<'_, '_>, setup: &SshSetup) -> Result<Enabled, Refusal> {
    let mut is_changed = false;
    for kind in [SshCertificateKind::User, SshCertificateKind::Host] {
        if ca_keys::signing(act, kind)?.is_none() {
            ca_keys::create(act, &setup.keys, kind)?;
            is_changed = true;
        }
    }
    let id = ssh_client_id();
    let client = match client_rows::find(act, &id)? {
        Some(client) => {
            clients::refuse_other_settings(&client)?;
            client
        }
        None => {
            is_changed = true;
            clients::create(act, &client_draft(id))?.client
        }
    };
    let resource = resource(&setup.issuer);
    let api = match api_rows::find(act, &resource)? {
        Some(api) => api,
        None => {
            is_changed = true;
            let name = "SSH certificates".parse().expect("a name of an API");
            let issuer = setup.issuer.clone();
            apis::create(act, &apis::ApiDraft { id: None, name, resource, issuer })?
        }
    };
    if api_rows::list_grants_of(act, api.id, &client.id)?.is_empty() {
        let access = apis::AccessDraft { client: None, user: Some(BTreeSet::new()) };
        apis::grant(act, api.id, &client, &access)?;
        is_changed = true;
    }
    Ok(Enabled { keys: ca_keys::trusted(act)?, is_changed })
}

fn client_draft(id: ClientId) -> ClientDraft {
    ClientDraft {
        id: Some(id),
        name: "SSH".parse().expect("a name of a client"),
        has_secret: false,
        settings: ClientChange {
            client_type: Change::Set(ClientType::Public),
            redirect_uris: Change::Set(clients::ssh_callbacks()),
            requires_pkce: Change::Set(true),
            requires_reauthentication: Change::Set(true),
            access_token_seconds: Change::Set(ACCESS_TOKEN_SECONDS),
            // Its refresh tokens are not kept.
            refresh_token_seconds: Change::Set(ACCESS_TOKEN_SECONDS),
            ..ClientChange::default()
        },
    }
}
