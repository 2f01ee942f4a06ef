//! `/api/oidc/clients/{id}/secrets`, and `/secret` of Pocket ID 2.13 and earlier

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::id;
use crate::{
    crypto::Secret,
    model::{
        ClientSecretId, Timestamp,
        text::TextError,
        view::{ClientSecretView, ClientSecretWithText},
    },
    operations::{
        Noun, Refusal,
        clients::{self, SecretDraft},
    },
    server::http::{ApiError, Request, Response},
    store,
};

/// The allowed lengths of a chosen secret, in characters.
const MIN_LENGTH: usize = 16;
const MAX_LENGTH: usize = 512;

#[derive(Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub(super) struct SecretBody {
    secret: String,
    expires_at: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ReplacedSecret<'a> {
    secret: &'a str,
}

impl SecretBody {
    fn draft(&self) -> Result<SecretDraft, ApiError> {
        let expires_at = match self.expires_at.as_str() {
            "" => None,
            // A date without a time of day is no timestamp (RFC 3339).
            text if !text.contains(['T', 't']) => return Err(wrong_date()),
            text => Some(text.parse::<Timestamp>().map_err(|_| wrong_date())?),
        };
        if self.secret.is_empty() {
            return Ok(SecretDraft { secret: None, expires_at });
        }
        check(&self.secret).map_err(|error| ApiError::field("secret", error))?;
        Ok(SecretDraft { secret: Some(Secret::new(self.secret.as_str())), expires_at })
    }
}

fn wrong_date() -> ApiError {
    ApiError::invalid_body("expiresAt is not a time")
}

fn check(secret: &str) -> Result<(), TextError> {
    let length = secret.chars().count();
    if length < MIN_LENGTH {
        let message = format!("must be at least {MIN_LENGTH} characters long");
        return Err(TextError { code: "too_short", message });
    }
    if length > MAX_LENGTH {
        let message = format!("must be at most {MAX_LENGTH} characters long");
        return Err(TextError { code: "too_long", message });
    }
    if !secret.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
        return Err(TextError { code: "printascii", message: "is invalid".into() });
    }
    Ok(())
}

/// Lists the secrets of a client, oldest first, without their text.
pub(super) async fn list(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&client_id)?;
    let secrets = req.app.store().read(move |tx| {
        clients::require(tx, &id)?;
        Ok::<_, Refusal>(store::clients::list_secrets(tx, &id)?)
    });
    let now = req.head.now;
    let secrets = secrets.await?;
    let views: Vec<_> = secrets.iter().map(|one| ClientSecretView::of(one, now)).collect();
    Ok(Response::json(&views))
}

/// Adds a secret to a client: the secret in the body, or else a random one.
pub(super) async fn create(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.optional_json::<SecretBody>().await?;
    let input = (id(&client_id)?, req.body.draft()?);
    let created = req.act(input, |act, (id, draft)| {
        let client = clients::require(act, id)?;
        clients::create_secret(act, &client, draft)
    });
    let new = created.await?;
    let row = ClientSecretView::of(&new.row, req.head.now);
    let view = ClientSecretWithText { row, secret: new.secret.expose() };
    Ok(Response::json(&view).status(StatusCode::CREATED))
}

/// Replaces all secrets of a client with a new one (Pocket ID 2.13).
pub(super) async fn replace(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.optional_json::<SecretBody>().await?;
    let input = (id(&client_id)?, req.body.draft()?);
    let replaced = req.act(input, |act, (id, draft)| {
        let client = clients::require(act, id)?;
        clients::replace_secrets(act, &client, draft)
    });
    let new = replaced.await?;
    Ok(Response::json(&ReplacedSecret { secret: new.secret.expose() }))
}

/// Deletes a secret of a client.
pub(super) async fn delete(
    req: Request,
    client_id: String,
    secret_id: String,
) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&client_id)?;
    let secret_id: Option<ClientSecretId> = secret_id.parse().ok();
    let deleted = req.act((id, secret_id), |act, (id, secret_id)| {
        let client = clients::require(act, id)?;
        let secret_id = secret_id.ok_or(Refusal::NotFound(Noun::ClientSecret))?;
        clients::delete_secret(act, &client, secret_id)
    });
    deleted.await?;
    Ok(Response::no_content())
}
