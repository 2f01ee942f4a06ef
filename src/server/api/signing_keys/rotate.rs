//! `POST /api/signing-keys/rotate`

use std::sync::Arc;

use serde::Deserialize;

use crate::{
    crypto::Algorithm,
    model::text::TextError,
    operations::signing_keys,
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
        keys::{KeysError, Rotation, RotationError},
        limiter::{BucketKey, Policy},
    },
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct RotationBody {
    /// If set, only the key of this algorithm is rotated.
    alg: Option<String>,
    /// Whether the old keys are removed at once.
    #[serde(default)]
    revoke: bool,
}

/// Creates new signing keys to replace the current ones. Servers sign with them after two seconds.
pub(super) async fn rotate(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<RotationBody>().await?;
    let algorithm = req.body.alg.as_deref().map(parse).transpose()?;
    let rotation = Rotation { algorithm, revoke: req.body.revoke };
    let asker = Asker::of(&req);
    match &asker {
        // The rate limit does not count the owner, who proves a passkey: others with a stolen API key must
        // not keep the owner from revoking.
        Asker::InPerson(who) => {
            let who = who.clone();
            req.app
                .store()
                .read(move |tx| GuardedChange::RotateSigningKeys.require(tx, &who))
                .await?;
        }
        Asker::Program { .. } | Asker::StaticKey => {
            let user = BucketKey::User(req.who.user.id);
            let limiter = req.app.limiter();
            limiter.check_key(Policy::KeyRotation, user).map_err(ApiError::rate_limited)?;
        }
    }
    let turn = req.line_up(req.app.key_rotations())?.turn().await;
    let (app, now) = (Arc::clone(&req.app), req.head.now);
    // Generating an RSA key takes a second of CPU time. The turn goes from one closure to the next:
    // they go on after a request that took too long.
    let made = tokio::task::spawn_blocking(move || (rotation.prepare(app.key_store(), now), turn));
    let (new, turn) = made.await.map_err(ApiError::internal)?;
    let new = new.map_err(|error| match error {
        RotationError::Refused(refusal) => refusal.into(),
        RotationError::Keys(KeysError::Store(error)) => error.into(),
        RotationError::Keys(error) => ApiError::internal(error),
    })?;
    let keys = req.act((new, turn), move |act, (new, _turn)| {
        GuardedChange::RotateSigningKeys.allow(act, &asker)?;
        Ok::<_, ApiError>(signing_keys::rotate(act, new)?)
    });
    Ok(Response::json(&keys.await?))
}

fn parse(name: &str) -> Result<Algorithm, ApiError> {
    let error = || TextError { code: "oneof", message: "is invalid".to_owned() };
    Algorithm::parse(name).ok_or_else(|| ApiError::field("alg", error()))
}
