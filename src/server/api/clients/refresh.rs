//! `POST /api/oidc/clients/{id}/refresh`

use hyper::StatusCode;

use super::{id, load};
use crate::{
    operations::{Refusal, clients},
    server::{
        client_metadata,
        http::{ApiError, Request, Response},
    },
};

/// Fetches the client's metadata document again.
pub(super) async fn refresh(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let (id, now) = (id(&client_id)?, req.head.now);
    let known = id.clone();
    req.app.store().read(move |tx| clients::require(tx, &known)).await?;
    if !id.is_url() {
        return Err(refuse("Client is not a client ID metadata document client"));
    }
    if !client_metadata::is_allowed(&req.app, &id).await? {
        return Err(refuse("Client ID metadata document URL is not allowed"));
    }
    let fetched = client_metadata::fetch(&req.app, &id, now).await;
    let description = fetched.map_err(|error| {
        let message = format!("Client ID metadata document was not accepted: {error}");
        refuse(message)
    })?;
    let refreshed = req.act(description, move |act, description| {
        let client = clients::refresh(act, description)?;
        Ok::<_, Refusal>(load(act, client, now)?)
    });
    Ok(Response::json(&refreshed.await?))
}

fn refuse(message: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "validation_failed", message)
}
