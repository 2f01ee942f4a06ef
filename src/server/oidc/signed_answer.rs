//! Signs the answers of endpoints that answer with JSON otherwise.

use std::sync::Arc;

use serde::Serialize;

use super::token::no_key;
use crate::{
    crypto::{Algorithm, jws},
    model::Timestamp,
    oidc::{OAuthError, OAuthErrorCode},
    server::App,
};

/// How an answer is signed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seal {
    /// The algorithm.
    pub(super) algorithm: Algorithm,
    /// The type of the token.
    pub(super) typ: &'static str,
    /// The time of the request.
    pub(super) now: Timestamp,
}

/// Signs the claims on a blocking thread: RS256 takes 600 microseconds.
pub(super) async fn sign<T: Serialize + Send + 'static>(
    app: &Arc<App>,
    seal: Seal,
    claims: T,
) -> Result<String, OAuthError> {
    let app = Arc::clone(app);
    let sign = move || {
        let key = app.signing_key(seal.algorithm, seal.now).map_err(no_key)?;
        Ok(jws::sign(&key, seal.typ, &claims))
    };
    tokio::task::spawn_blocking(sign)
        .await
        .map_err(|error| OAuthError::new(OAuthErrorCode::ServerError, error.to_string()))?
}
