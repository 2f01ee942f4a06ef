//! `POST /api/api-keys`

use hyper::StatusCode;
use serde::Deserialize;

use super::{NewApiKeyView, expiry, refuse_past};
use crate::{
    crypto::Digest,
    model::{ApiKey, ApiKeyDescription, ApiKeyName, Timestamp},
    operations::api_keys::{self, ApiKeyDraft},
    server::{
        guarded::{GuardedChange, InPerson},
        http::{ApiError, Request, Response, api_error::FieldError},
    },
    store::sessions::OnWordOf,
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["expiresAt", "name"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct NewApiKey {
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    expires_at: Option<String>,
}

/// The validated body.
struct Checked {
    name: ApiKeyName,
    description: Option<ApiKeyDescription>,
    expires_at: Timestamp,
}

/// Creates an API key. Only a browser may do this, so that a leaked key cannot simply create others that
/// outlive it.
pub(super) async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?.json::<NewApiKey>().await?;
    let Checked { name, description, expires_at } = req.body.check()?;
    refuse_past(expires_at, req.head.now)?;
    let token = ApiKey::draw(req.app.rng());
    let digest = Digest::of(token.expose());
    let draft = ApiKeyDraft { user_id: req.who.user.id, name, description, expires_at, digest };
    let who = InPerson::of(&req);
    let created = req.act(draft, move |act, draft| {
        let session = GuardedChange::CreateApiKey.allow_in_person(act, &who)?;
        Ok::<_, ApiError>(api_keys::create(act, draft, OnWordOf::Owner(&session))?)
    });
    let key = created.await?;
    Ok(Response::json(&NewApiKeyView::of(&key, &token)).status(StatusCode::CREATED))
}

impl NewApiKey {
    /// Checks every field and reports all faults at once.
    fn check(&self) -> Result<Checked, ApiError> {
        let name = self.name.parse().map_err(|error| FieldError::new("name", error));
        let description = self.description.as_deref().map(str::parse).transpose();
        let description = description.map_err(|error| FieldError::new("description", error));
        match (name, description, expiry(self.expires_at.as_deref())?) {
            (Ok(name), Ok(description), Ok(expires_at)) => {
                Ok(Checked { name, description, expires_at })
            }
            (name, description, expires_at) => {
                let faults = [name.err(), description.err(), expires_at.err()];
                Err(ApiError::validation(faults.into_iter().flatten().collect()))
            }
        }
    }
}
