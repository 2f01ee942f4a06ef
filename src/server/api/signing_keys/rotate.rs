//! `POST /api/signing-keys/rotate`

use std::sync::Arc;

use serde::Deserialize;

use crate::{
    crypto::Algorithm,
    model::text::TextError,
    server::{
        http::{ApiError, Request, Response},
        keys::{self, KeysError, Rotation},
    },
};

#[derive(Debug, Deserialize)]
struct Wanted {
    /// Only the key of this algorithm.
    alg: Option<String>,
    /// Whether the old keys go at once.
    #[serde(default)]
    revoke: bool,
}

/// Makes new keys in place of the present ones. Servers sign with them two seconds later.
pub(super) async fn rotate(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<Wanted>().await?;
    let algorithm = req.body.alg.as_deref().map(parse).transpose()?;
    let rotation = Rotation { algorithm, revoke: req.body.revoke };
    let (app, by, now) = (Arc::clone(&req.app), req.by(), req.head.now);
    // An RSA key takes a second of a processor.
    let made =
        tokio::task::spawn_blocking(move || keys::rotate(app.key_store(), by, rotation, now));
    let keys = made.await.map_err(ApiError::internal)?.map_err(|error| match error {
        KeysError::Store(error) => error.into(),
        error => ApiError::internal(error),
    });
    Ok(Response::json(&keys?))
}

fn parse(name: &str) -> Result<Algorithm, ApiError> {
    let error = || TextError { code: "oneof", message: "is invalid".to_owned() };
    Algorithm::parse(name).ok_or_else(|| ApiError::field("alg", error()))
}
