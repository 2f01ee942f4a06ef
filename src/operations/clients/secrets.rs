//! Secrets of a client.

use super::{Act, Noun, Refusal, audit};
use crate::{
    crypto::{Digest, Secret, SecretHash},
    model::{Client, ClientSecret, ClientSecretId, ClientType, EventKind, Timestamp},
    store::{client_changes, clients},
};

/// Maximum number of secrets per client, expired ones included (Pocket ID 2.14).
pub const MAX_SECRETS: usize = 20;
/// Length of a generated secret, and of its prefix, which is stored to recognise it (Pocket ID
/// 2.14).
const LENGTH: usize = 32;
const PREFIX_LENGTH: usize = 4;

/// A secret to create.
#[derive(Debug, Clone, Default)]
pub struct SecretDraft {
    /// A secret chosen by the caller; random when absent.
    pub secret: Option<Secret>,
    /// When it expires; never when absent.
    pub expires_at: Option<Timestamp>,
}

/// A new secret, to be shown once.
#[derive(Debug, Clone)]
pub struct NewClientSecret {
    /// The row that is stored with its digest.
    pub row: ClientSecret,
    /// The secret itself.
    pub secret: Secret,
}

/// An imported secret, known only by its hash.
#[derive(Debug, Clone)]
pub struct StoredSecret {
    /// Its hash.
    pub hash: SecretHash,
    /// Its first four characters.
    pub prefix: String,
    /// When it expires; never when absent.
    pub expires_at: Option<Timestamp>,
}

/// Adds a secret to a client. Its other secrets stay valid. Refused for a public client, when the
/// client has the maximum number of secrets, and when the expiry is in the past.
pub fn create_secret(
    act: &mut Act<'_, '_>,
    client: &Client,
    draft: &SecretDraft,
) -> Result<NewClientSecret, Refusal> {
    if draft.expires_at.is_some_and(|end| end <= act.now()) {
        return Err(Refusal::SecretExpiresInThePast);
    }
    if client.client_type == ClientType::Public {
        return Err(Refusal::PublicClientSecret(client.id.clone()));
    }
    if clients::list_secrets(act, &client.id)?.len() >= MAX_SECRETS {
        return Err(Refusal::TooManySecrets(client.id.clone()));
    }
    let new = draw(act, draft);
    clients::insert_secret(act, &client.id, &new.row, Digest::of(new.secret.expose()))?;
    audit_secret(act, EventKind::ClientSecretCreated, client, &new.row.prefix)?;
    Ok(new)
}

/// Replaces all secrets of a client by a new one. The old ones stop working at once.
pub fn replace_secrets(
    act: &mut Act<'_, '_>,
    client: &Client,
    draft: &SecretDraft,
) -> Result<NewClientSecret, Refusal> {
    for old in clients::list_secrets(act, &client.id)? {
        delete_secret(act, client, old.id)?;
    }
    create_secret(act, client, draft)
}

/// Adds a secret to a client that is known only by its hash.
pub fn add_stored_secret(
    act: &mut Act<'_, '_>,
    client: &Client,
    stored: &StoredSecret,
) -> Result<(), Refusal> {
    if client.client_type == ClientType::Public {
        return Err(Refusal::PublicClientSecret(client.id.clone()));
    }
    let row = ClientSecret {
        id: ClientSecretId(act.new_id()),
        prefix: stored.prefix.clone(),
        created_at: act.now(),
        expires_at: stored.expires_at,
    };
    clients::insert_secret_hash(act, &client.id, &row, &stored.hash)?;
    audit_secret(act, EventKind::ClientSecretCreated, client, &row.prefix)
}

/// Deletes a secret of a client. Tokens obtained with it stay valid.
pub fn delete_secret(
    act: &mut Act<'_, '_>,
    client: &Client,
    id: ClientSecretId,
) -> Result<(), Refusal> {
    let known = clients::list_secrets(act, &client.id)?;
    let secret = known.iter().find(|secret| secret.id == id);
    let secret = secret.ok_or(Refusal::NotFound(Noun::ClientSecret))?;
    client_changes::delete_secret(act, id, &client.id)?;
    audit_secret(act, EventKind::ClientSecretDeleted, client, &secret.prefix)
}

/// Generates a secret, or uses the chosen one.
pub(in crate::operations) fn draw(act: &mut Act<'_, '_>, draft: &SecretDraft) -> NewClientSecret {
    let chosen = draft.secret.clone();
    let secret = chosen.unwrap_or_else(|| act.random_text(LENGTH));
    let text = secret.expose();
    // The prefix of a short secret would reveal all of it.
    let is_long = text.chars().count() > PREFIX_LENGTH;
    let prefix = if is_long { text.chars().take(PREFIX_LENGTH).collect() } else { String::new() };
    let row = ClientSecret {
        id: ClientSecretId(act.new_id()),
        prefix,
        created_at: act.now(),
        expires_at: draft.expires_at,
    };
    NewClientSecret { row, secret }
}

fn audit_secret(
    act: &mut Act<'_, '_>,
    kind: EventKind,
    client: &Client,
    prefix: &str,
) -> Result<(), Refusal> {
    Ok(audit(act, kind, client, [("secretPrefix", prefix.to_owned())])?)
}
