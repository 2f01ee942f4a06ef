//! Checks client secrets imported from an old Pocket ID, which are stored as bcrypt hashes.
//!
//! Each check costs tens of milliseconds of CPU time, so few run at once. After the first correct
//! secret, its SHA-256 digest replaces the bcrypt hash. Guessing is refused early: by the queue for
//! this work (`turns.rs`), and by a limit on wrong guesses per network. So the right secret waits
//! for a queue of at most 16 (a second), and an attack on one client does not delay others.

use std::{net::IpAddr, sync::Arc};

use super::refuse::wrong_secret;
use crate::{
    crypto::{BcryptHash, Digest, Secret, SecretHash},
    model::{ClientId, ClientSecretId},
    oidc::{OAuthError, OAuthErrorCode},
    server::{App, turns::Whom},
    store::clients,
};

/// The sender of a secret.
#[derive(Debug)]
pub(super) struct SecretSender {
    /// The client that the sender claims to be.
    pub(super) client_id: ClientId,
    /// The address of the sender.
    pub(super) address: IpAddr,
}

/// Checks the readings of a secret against the bcrypt hashes.
pub(super) async fn check(
    app: &Arc<App>,
    caller: &SecretSender,
    presented: Vec<Secret>,
    stored: Vec<(ClientSecretId, SecretHash)>,
) -> Result<(), OAuthError> {
    let slow: Vec<_> =
        stored.into_iter().filter_map(|(id, hash)| Some((id, bcrypt(hash)?))).collect();
    if slow.is_empty() {
        return Err(wrong_secret());
    }
    let place = app
        .slow_secrets()
        .line_up(caller.address, Whom::Client(caller.client_id.clone()))
        .ok_or_else(busy)?;
    let guess = app
        .limiter()
        .guess_secret(caller.address)
        .map_err(|seconds| OAuthError::too_many(seconds, "too many wrong secrets"))?;
    let turn = place.turn().await;
    let found = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        presented.into_iter().find_map(|secret| {
            let (id, _) = slow.iter().find(|(_, hash)| hash.is_of(&secret))?;
            Some((*id, Digest::of(secret.expose())))
        })
    });
    let (id, digest) = found.await.map_err(|error| internal(&error))?.ok_or_else(wrong_secret)?;
    app.limiter().was_right(guess);
    let replaced = app.store().write(move |tx| clients::replace_bcrypt_hash(tx, id, digest)).await;
    if let Err(error) = replaced {
        tracing::warn!(%error, "could not store the digest of a client secret");
    }
    Ok(())
}

fn bcrypt(hash: SecretHash) -> Option<BcryptHash> {
    match hash {
        SecretHash::Bcrypt(hash) => Some(hash),
        SecretHash::Sha256(_) => None,
    }
}

fn busy() -> OAuthError {
    let detail = "too many bcrypt comparisons are running";
    OAuthError::new(OAuthErrorCode::TemporarilyUnavailable, detail)
}

fn internal(error: &dyn std::fmt::Display) -> OAuthError {
    OAuthError::new(OAuthErrorCode::ServerError, error.to_string())
}
