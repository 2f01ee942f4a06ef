//! `/api/scim/tokens`: how other programs manage accounts and groups here. An addition to Pocket ID.

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use crate::{
    model::{ScimTokenId, Timestamp, view::ScimTokenView},
    operations::{
        Change, Noun, Refusal,
        scim_tokens::{self, NewScimToken, ScimTokenDraft, ScimTokenRotation},
    },
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response, api_error::FieldError, list_query},
        route::{Route, delete, get, post},
    },
    store,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/scim/tokens", list).lists::<ScimTokenView>(),
        post("/api/scim/tokens", create)
            .takes::<NewToken>()
            .creates::<NewTokenView<'static>>()
            .refuses(&[409]),
        delete("/api/scim/tokens/{id}", revoke),
        post("/api/scim/tokens/{id}/rotate", rotate)
            .may_take::<RotationBody>()
            .gives::<NewTokenView<'static>>(),
    ]
}

/// A SCIM token with its value, which is shown only this once.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct NewTokenView<'a> {
    scim_token: ScimTokenView,
    token: &'a str,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["name"])))]
#[serde(rename_all = "camelCase")]
struct NewToken {
    #[serde(default)]
    name: String,
    /// When it expires; never when absent.
    #[serde(default)]
    expires_at: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct RotationBody {
    /// When the new one expires; as the old one when absent.
    #[serde(default)]
    expires_at: Option<String>,
}

/// Lists a page of the SCIM tokens, including expired ones.
async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let page = req.page(store::scim_tokens::page).await?;
    Ok(list_query::respond(&page, ScimTokenView::of))
}

/// Creates a SCIM token.
async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<NewToken>().await?;
    let name = req.body.name.parse();
    let name = name.map_err(|error| ApiError::validation(vec![FieldError::new("name", error)]))?;
    let draft = ScimTokenDraft { name, expires_at: moment(req.body.expires_at.as_deref())? };
    let asker = Asker::of(&req);
    let created = req.act(draft, move |act, draft| {
        GuardedChange::CreateScimToken.allow(act, &asker)?;
        Ok::<_, ApiError>(scim_tokens::create(act, draft)?)
    });
    Ok(shown(&created.await?).status(StatusCode::CREATED))
}

/// Replaces the value of a SCIM token. The old one is refused from then on.
async fn rotate(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.optional_json::<RotationBody>().await?;
    let expires_at = moment(req.body.expires_at.as_deref())?;
    let expires_at = expires_at.map_or(Change::Keep, |moment| Change::Set(Some(moment)));
    let rotation = ScimTokenRotation { id: parse(&id)?, expires_at };
    let asker = Asker::of(&req);
    let rotated = req.act(rotation, move |act, rotation| {
        GuardedChange::CreateScimToken.allow(act, &asker)?;
        Ok::<_, ApiError>(scim_tokens::rotate(act, rotation)?)
    });
    Ok(shown(&rotated.await?))
}

/// Deletes a SCIM token. The accounts and groups that its program created stay.
async fn revoke(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    req.act(parse(&id)?, |act, id| scim_tokens::delete(act, *id)).await?;
    Ok(Response::no_content())
}

fn shown(new: &NewScimToken) -> Response {
    let view = NewTokenView { scim_token: ScimTokenView::of(&new.row), token: new.token.expose() };
    Response::json(&view).no_store()
}

fn moment(text: Option<&str>) -> Result<Option<Timestamp>, ApiError> {
    text.map(|text| Timestamp::parse_rfc3339(text).map_err(ApiError::invalid_body)).transpose()
}

fn parse(id: &str) -> Result<ScimTokenId, ApiError> {
    super::id(id, || Refusal::NotFound(Noun::ScimToken).into())
}
