//! `GET /api/oidc/clients/{id}/preview/{userId}`

use hyper::StatusCode;

use super::id;
use crate::{
    model::{Scope, UserId},
    operations::{Noun, Refusal, clients},
    server::{
        http::{ApiError, Request, Response, api_error::FieldError},
        oidc::{PreviewInput, preview_tokens},
    },
    store::users,
};

/// Shows the claims that a client would receive about a user. Ignores scopes that the client does
/// not have.
pub(super) async fn show(
    req: Request,
    client_id: String,
    user_id: String,
) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&client_id)?;
    let user_id: UserId = super::super::id(&user_id, || Refusal::NotFound(Noun::User).into())?;
    let scopes = req.head.query_value("scopes");
    let scopes = scopes
        .filter(|text| !text.trim().is_empty())
        .ok_or_else(|| ApiError::validation(vec![FieldError::required("scopes")]))?;
    let (issuer, now) = (req.app.issuer().to_owned(), req.head.now);
    let jti = req.app.new_id(now);
    let preview = req.app.store().read(move |tx| {
        let client = clients::require(tx, &id)?;
        let user = users::find(tx, user_id)?.ok_or(Refusal::NotFound(Noun::User))?;
        if !clients::may_use(tx, &client, user.id, now)? {
            return Ok(None);
        }
        let scope = Scope::requested(&scopes, |name| client.has_scope(name));
        let input = PreviewInput { scope, issuer: &issuer, jti, now };
        Ok::<_, Refusal>(Some(preview_tokens(tx, &client, &user, input)?))
    });
    let preview = preview.await?.ok_or_else(|| {
        let message = "You're not allowed to access this service";
        ApiError::new(StatusCode::FORBIDDEN, "oidc_access_denied", message)
    })?;
    Ok(Response::json(&preview))
}
