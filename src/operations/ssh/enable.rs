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
        clients::{ClientChange, ClientDraft},
    },
    store::{apis as api_rows, clients as client_rows},
};

/// The client behind `pocketid ssh login`.
const CLIENT_ID: &str = "pocketid-ssh";
/// Where it listens for the code. The port is any that is free (RFC 8252 §7.3).
const CALLBACKS: [&str; 2] = ["http://127.0.0.1/callback", "http://[::1]/callback"];
/// Its access token is used at once.
const ACCESS_TOKEN_SECONDS: i64 = 300;

/// The id of the client behind `pocketid ssh login`.
pub fn client_id() -> ClientId {
    CLIENT_ID.parse().expect("a client id")
}

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
/// client behind `pocketid ssh login`, and its access. Existing ones stay as they are.
pub fn enable(act: &mut Act<'_, '_>, setup: &SshSetup) -> Result<Enabled, Refusal> {
    let mut is_changed = false;
    for kind in [SshCertificateKind::User, SshCertificateKind::Host] {
        if ca_keys::signing(act, kind)?.is_none() {
            ca_keys::create(act, &setup.keys, kind)?;
            is_changed = true;
        }
    }
    let id = client_id();
    let client = match client_rows::find(act, &id)? {
        Some(client) => client,
        None => {
            is_changed = true;
            clients::create(act, &client_draft(id))?.client
        }
    };
    let resource = resource(&setup.issuer);
    if api_rows::find(act, &resource)?.is_none() {
        let name = "SSH certificates".parse().expect("a name of an API");
        let issuer = setup.issuer.clone();
        let api = apis::create(act, &apis::ApiDraft { id: None, name, resource, issuer })?;
        let access = apis::AccessDraft { client: None, user: Some(BTreeSet::new()) };
        apis::grant(act, api.id, &client, &access)?;
        is_changed = true;
    }
    Ok(Enabled { keys: ca_keys::trusted(act)?, is_changed })
}

/// A public client, which proves nothing by itself: any program on the machine of a user can pass
/// for it (RFC 8252 §8.6). So each sign-in asks for the passkey.
fn client_draft(id: ClientId) -> ClientDraft {
    let callbacks = CALLBACKS.map(|url| url.parse().expect("a callback URL"));
    ClientDraft {
        id: Some(id),
        name: "SSH".parse().expect("a name of a client"),
        has_secret: false,
        settings: ClientChange {
            client_type: Change::Set(ClientType::Public),
            redirect_uris: Change::Set(callbacks.to_vec()),
            requires_pkce: Change::Set(true),
            requires_reauthentication: Change::Set(true),
            access_token_seconds: Change::Set(ACCESS_TOKEN_SECONDS),
            // Its refresh tokens are not kept.
            refresh_token_seconds: Change::Set(ACCESS_TOKEN_SECONDS),
            ..ClientChange::default()
        },
    }
}
