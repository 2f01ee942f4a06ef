//! Secrets that an old Pocket ID made, of which a hash of bcrypt is stored.
//!
//! Each guess costs tens of milliseconds of work, so few are tried at once; and none once the client has
//! come by with the right secret, since then its digest takes the place of the hash. Who guesses is refused
//! early: by the line for this work (`turns.rs`), and by a rate of wrong guesses for each network. So the right
//! secret waits for no more than a line of 16 (a second), and where one client is attacked, others do not
//! notice.

use std::{net::IpAddr, sync::Arc};

use super::wrong_secret;
use crate::{
    crypto::{BcryptHash, Digest, Secret, SecretHash},
    model::{ClientId, ClientSecretId},
    oidc::{OAuthError, OAuthErrorCode},
    server::{
        App,
        turns::{Bounds, Whom},
    },
    store::clients,
};

/// The line for computing hashes.
pub(in crate::server) const BOUNDS: Bounds =
    Bounds { at_once: 2, places: 16, of_network: 2, of_one: 8 };

/// Who presents a secret.
#[derive(Debug)]
pub(super) struct Caller {
    /// As which client.
    pub(super) client_id: ClientId,
    /// From where.
    pub(super) address: IpAddr,
}

/// Lets through who presents a secret that one of the slow hashes is of. It may have more than one reading.
pub(super) async fn check(
    app: &Arc<App>,
    caller: &Caller,
    presented: Vec<Secret>,
    stored: Vec<(ClientSecretId, SecretHash)>,
) -> Result<(), OAuthError> {
    let slow: Vec<_> = stored.into_iter().filter_map(bcrypt).collect();
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
    let turn = place.turn().await.ok_or_else(busy)?;
    let found = tokio::task::spawn_blocking(move || {
        // Held until the work is done, even if nobody waits for it any more.
        let _held = (place, turn);
        presented.into_iter().find_map(|secret| {
            let (id, _) = slow.iter().find(|(_, hash)| hash.is_of(&secret))?;
            Some((*id, Digest::of(secret.expose())))
        })
    });
    let (id, digest) = found.await.map_err(|error| internal(&error))?.ok_or_else(wrong_secret)?;
    app.limiter().was_right(guess);
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

fn busy() -> OAuthError {
    let detail = "too many secrets are being compared with a hash of bcrypt";
    OAuthError::new(OAuthErrorCode::TemporarilyUnavailable, detail)
}

fn internal(error: &dyn std::fmt::Display) -> OAuthError {
    OAuthError::new(OAuthErrorCode::ServerError, error.to_string())
}
