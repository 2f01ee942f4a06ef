//! `PUT /api/apis/{id}`

use serde::Deserialize;

use super::id;
use crate::{
    model::view::ApiView,
    operations::{
        Change,
        apis::{self, ApiChange},
    },
    server::http::{ApiError, Request, Response},
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ApiBody {
    #[serde(default)]
    name: String,
}

/// Renames an API. Its resource cannot change.
pub(super) async fn update(req: Request, api_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<ApiBody>().await?;
    let id = id(&api_id)?;
    let name = req.body.name.parse().map_err(|error| ApiError::field("name", error))?;
    let change = ApiChange { name: Change::Set(name) };
    let api = req.act(change, move |act, change| apis::update(act, id, change)).await?;
    Ok(Response::json(&ApiView::of(&api)))
}
