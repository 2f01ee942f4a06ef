//! `POST /api/api-keys/{id}/renew`

use serde::Deserialize;

use super::{NewApiKeyView, expiry, id, refuse_past};
use crate::{
    crypto::Digest,
    model::ApiKey,
    operations::api_keys::{self, Renewal},
    server::{
        guarded::{GuardedChange, InPerson},
        http::{ApiError, Request, Response},
    },
    store::sessions::OnWordOf,
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["expiresAt"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct RenewalBody {
    #[serde(default)]
    expires_at: Option<String>,
}

/// Replaces an expired API key with a new one.
pub(super) async fn renew(req: Request, key_id: String) -> Result<Response, ApiError> {
    let req = req.require_user().await?.json::<RenewalBody>().await?;
    let expires_at = expiry(req.body.expires_at.as_deref())?;
    let expires_at = expires_at.map_err(|fault| ApiError::validation(vec![fault]))?;
    refuse_past(expires_at, req.head.now)?;
    let token = ApiKey::draw(req.app.rng());
    let digest = Digest::of(token.expose());
    let renewal = Renewal { id: id(&key_id)?, user_id: req.who.user.id, expires_at, digest };
    let who = InPerson::of(&req);
    let renewed = req.act(renewal, move |act, renewal| {
        let session = GuardedChange::RenewApiKey.allow_in_person(act, &who)?;
        Ok::<_, ApiError>(api_keys::renew(act, renewal, OnWordOf::Owner(&session))?)
    });
    let key = renewed.await?;
    Ok(Response::json(&NewApiKeyView::of(&key, &token)))
}
