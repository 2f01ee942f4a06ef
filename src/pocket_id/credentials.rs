//! How clients prove who they are: secrets and federated identities.

use serde::Deserialize;
use serde_json::Value;

use super::{Contents, ImportFault, cell::PocketIdRow, contents::told, history::derived_id};
use crate::{
    crypto::{BcryptHash, Digest, SecretHash},
    model::{Client, ClientSecret, ClientSecretId, ClientType, FederatedIdentity, Timestamp},
};

/// Maximum number of secrets of a client. Each may cost a computation of bcrypt at every sign-in.
const MAX_SECRETS: usize = 100;

/// The column `credentials`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Credentials {
    federated_identities: Option<Vec<Identity>>,
    secrets: Option<Vec<Secret>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    #[serde(flatten)]
    identity: FederatedIdentity,
    /// Since 2.15: the keys themselves, instead of their address.
    #[serde(default)]
    public_keys: Value,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Secret {
    id: ClientSecretId,
    alg: String,
    hash: String,
    #[serde(default)]
    prefix: String,
    created_at: String,
    #[serde(default)]
    expires_at: Option<String>,
}

/// Imports the federated identities of a client, and returns its secrets. A public client has neither.
pub(super) fn read(
    out: &mut Contents,
    row: &PocketIdRow,
    client: &mut Client,
) -> Result<Vec<(ClientSecret, SecretHash)>, ImportFault> {
    let credentials: Credentials = row.json("credentials")?;
    if client.client_type == ClientType::Public {
        return Ok(Vec::new());
    }
    let identities = credentials.federated_identities.unwrap_or_default();
    client.keys.federated_identities = usable(out, client, identities);
    let mut taken = Vec::new();
    let mut secrets = credentials.secrets.unwrap_or_default();
    if secrets.len() > MAX_SECRETS {
        let more = secrets.split_off(MAX_SECRETS).len();
        let reason = format!("it has {more} secrets more than {MAX_SECRETS}");
        out.leave_out("client secrets", told(client), reason);
    }
    for secret in secrets {
        let (alg, hash) = (secret.alg.clone(), secret.hash.clone());
        let stored = stored(row, secret)?;
        match hash_of(&alg, &hash) {
            Some(hash) => taken.push((stored, hash)),
            None => leave_out_secret(out, client, &alg),
        }
    }
    taken.extend(former(out, row, client)?);
    Ok(taken)
}

fn usable(
    out: &mut Contents,
    client: &Client,
    identities: Vec<Identity>,
) -> Vec<FederatedIdentity> {
    let mut kept = Vec::new();
    for Identity { identity, public_keys } in identities {
        let has_keys = !public_keys.is_null() && public_keys != Value::Array(Vec::new());
        let reason = match identity.is_plausible() {
            false => "it has an invalid address, or control characters",
            // Without an address, the keys would be looked for where the issuer may have none.
            true if has_keys => "its keys are entered in Pocket ID; an address is needed here",
            true => {
                kept.push(identity);
                continue;
            }
        };
        let name = format!("{} of {}", identity.issuer, told(client));
        out.leave_out("federated identity", name, reason);
    }
    kept
}

/// Reads the secret of a release before 2.14. It has no id, so that is derived.
fn former(
    out: &mut Contents,
    row: &PocketIdRow,
    client: &Client,
) -> Result<Option<(ClientSecret, SecretHash)>, ImportFault> {
    const ALG: &str = "bcrypt";
    let Some(text) = row.text_opt("secret")?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let Some(hash) = hash_of(ALG, text) else {
        leave_out_secret(out, client, ALG);
        return Ok(None);
    };
    let created_at = client.created_at;
    let id = ClientSecretId(derived_id(&format!("{} {text}", client.id), created_at));
    Ok(Some((ClientSecret { id, prefix: String::new(), created_at, expires_at: None }, hash)))
}

fn hash_of(alg: &str, hash: &str) -> Option<SecretHash> {
    match alg {
        "sha256" => Digest::from_hex(hash).map(SecretHash::Sha256),
        "bcrypt" => BcryptHash::parse(hash).map(SecretHash::Bcrypt),
        _ => None,
    }
}

fn leave_out_secret(out: &mut Contents, client: &Client, alg: &str) {
    let reason = format!("its hash ({alg}) is not supported; create a new secret");
    out.leave_out("client secret", told(client), reason);
}

fn stored(row: &PocketIdRow, secret: Secret) -> Result<ClientSecret, ImportFault> {
    let moment = |text: &str| {
        text.parse::<Timestamp>().map_err(|_| row.fault("credentials", "contain an invalid time"))
    };
    let is_printable =
        secret.prefix.chars().count() <= 4 && !secret.prefix.contains(char::is_control);
    Ok(ClientSecret {
        id: secret.id,
        prefix: if is_printable { secret.prefix } else { String::new() },
        created_at: moment(&secret.created_at)?,
        expires_at: secret.expires_at.as_deref().map(moment).transpose()?,
    })
}
