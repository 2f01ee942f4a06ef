//! Secrets that an old Pocket ID made, of which a hash of bcrypt is stored.
//!
//! Each guess costs tens of milliseconds of work, so few are tried at once; and none once the client has
//! come by with the right secret, since then its digest takes the place of the hash.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::wrong_secret;
use crate::{
    crypto::{BcryptHash, Digest, Secret, SecretHash},
    model::ClientSecretId,
    oidc::{OAuthError, OAuthErrorCode},
    server::App,
    store::clients,
};

/// How many hashes are computed at once.
static TURNS: Semaphore = Semaphore::const_new(2);

/// Lets through who presents a secret that one of the slow hashes is of.
pub(super) async fn check(
    app: &Arc<App>,
    secret: Secret,
    secrets: Vec<(ClientSecretId, SecretHash)>,
) -> Result<(), OAuthError> {
    let slow: Vec<_> = secrets.into_iter().filter_map(bcrypt).collect();
    if slow.is_empty() {
        return Err(wrong_secret());
    }
    let digest = Digest::of(secret.expose());
    let turn = TURNS.acquire().await.map_err(|error| internal(&error))?;
    let found = tokio::task::spawn_blocking(move || {
        // Held until the work is done, even if nobody waits for it any more.
        let _turn = turn;
        slow.into_iter().find(|(_, hash)| hash.is_of(&secret)).map(|(id, _)| id)
    });
    let id = found.await.map_err(|error| internal(&error))?.ok_or_else(wrong_secret)?;
    let replaced = app.store().write(move |tx| clients::replace_bcrypt_hash(tx, id, digest)).await;
    if let Err(error) = replaced {
        tracing::warn!(%error, "the digest of a client secret was not stored");
    }
    Ok(())
}

fn bcrypt((id, hash): (ClientSecretId, SecretHash)) -> Option<(ClientSecretId, BcryptHash)> {
    match hash {
        SecretHash::Bcrypt(hash) => Some((id, hash)),
        SecretHash::Sha256(_) => None,
    }
}

fn internal(error: &dyn std::fmt::Display) -> OAuthError {
    OAuthError::new(OAuthErrorCode::ServerError, error.to_string())
}
