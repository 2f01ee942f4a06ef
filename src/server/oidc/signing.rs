//! Signs tokens and answers outside of the async threads: RS256 takes 600 microseconds.

use std::sync::Arc;

use serde::Serialize;

use crate::{
    crypto::{Algorithm, jws},
    model::Timestamp,
    oidc::{OAuthError, OAuthErrorCode},
    server::{App, keys::KeysError},
};

/// How claims are signed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seal {
    /// The algorithm.
    pub(super) algorithm: Algorithm,
    /// The type of the token.
    pub(super) typ: &'static str,
    /// The time of the request.
    pub(super) now: Timestamp,
}

/// Signs the claims on a blocking thread.
pub(super) async fn sign<T: Serialize + Send + 'static>(
    app: &Arc<App>,
    seal: Seal,
    claims: T,
) -> Result<String, OAuthError> {
    let app = Arc::clone(app);
    on_blocking_thread(move || {
        let key = app.signing_key(seal.algorithm, seal.now).map_err(no_key)?;
        Ok(jws::sign(&key, seal.typ, &claims))
    })
    .await
}

/// Does work that takes long on a blocking thread.
pub(super) async fn on_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, OAuthError> + Send + 'static,
) -> Result<T, OAuthError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| OAuthError::new(OAuthErrorCode::ServerError, error.to_string()))?
}

/// The error when there is no signing key. That happens only if the database is unavailable when a
/// new key is needed.
pub(super) fn no_key(error: KeysError) -> OAuthError {
    match error {
        KeysError::Store(error) => error.into(),
        error => OAuthError::new(OAuthErrorCode::ServerError, error.to_string()),
    }
}
