//! `/api/oidc/registration-tokens`: tokens that let programs register clients (RFC 7591 §1.2). An
//! addition to Pocket ID.

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use crate::{
    model::{RegistrationTokenId, Timestamp, view::RegistrationTokenView},
    operations::{
        Noun, Refusal,
        registration_tokens::{self, NewRegistrationToken, RegistrationTokenDraft},
    },
    server::{
        http::{ApiError, Request, Response, api_error::FieldError, list_query},
        route::{Route, delete, get, post},
    },
    store,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/oidc/registration-tokens", list).lists::<RegistrationTokenView>(),
        post("/api/oidc/registration-tokens", create)
            .takes::<NewRegistrationTokenBody>()
            .creates::<NewRegistrationTokenView<'static>>()
            .refuses(&[409]),
        delete("/api/oidc/registration-tokens/{id}", revoke),
    ]
}

/// An initial access token with its value, which is shown only this once.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct NewRegistrationTokenView<'a> {
    registration_token: RegistrationTokenView,
    token: &'a str,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["name"])))]
#[serde(rename_all = "camelCase")]
struct NewRegistrationTokenBody {
    #[serde(default)]
    name: String,
    /// When it expires; never when absent.
    #[serde(default)]
    expires_at: Option<String>,
}

/// Lists a page of the initial access tokens, including expired ones.
async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let page = req.page(store::registration_tokens::page).await?;
    Ok(list_query::respond(&page, RegistrationTokenView::of))
}

/// Creates an initial access token.
async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<NewRegistrationTokenBody>().await?;
    let name = req.body.name.parse();
    let name = name.map_err(|error| ApiError::validation(vec![FieldError::new("name", error)]))?;
    let draft =
        RegistrationTokenDraft { name, expires_at: moment(req.body.expires_at.as_deref())? };
    let created = req.act(draft, registration_tokens::create).await?;
    Ok(shown(&created).status(StatusCode::CREATED))
}

/// Deletes an initial access token. The clients that were registered with it stay.
async fn revoke(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    req.act(parse(&id)?, |act, id| registration_tokens::delete(act, *id)).await?;
    Ok(Response::no_content())
}

fn shown(new: &NewRegistrationToken) -> Response {
    let view = NewRegistrationTokenView {
        registration_token: RegistrationTokenView::of(&new.row),
        token: new.token.expose(),
    };
    Response::json(&view).no_store()
}

fn moment(text: Option<&str>) -> Result<Option<Timestamp>, ApiError> {
    text.map(|text| Timestamp::parse_rfc3339(text).map_err(ApiError::invalid_body)).transpose()
}

fn parse(id: &str) -> Result<RegistrationTokenId, ApiError> {
    super::id(id, || Refusal::NotFound(Noun::RegistrationToken).into())
}
