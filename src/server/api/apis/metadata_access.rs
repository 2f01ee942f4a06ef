//! `PUT /api/apis/{id}/cimd-access`

use serde::Deserialize;

use super::{id, keys};
use crate::{
    model::view::ApiView,
    operations::apis,
    server::http::{ApiError, Request, Response},
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct MetadataAccess {
    #[serde(default)]
    enabled: bool,
    #[serde(default)]
    permission_ids: Vec<String>,
}

/// Sets whether client ID metadata document clients (clients that were never registered) may use an
/// API.
pub(super) async fn replace(req: Request, api_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<MetadataAccess>().await?;
    let id = id(&api_id)?;
    let (req, access) = req.take_body();
    let api = req.act(access, move |act, access| {
        let api = apis::require(act, id)?;
        let keys = keys(&api, &access.permission_ids);
        apis::set_metadata_access(act, id, access.enabled, &keys)
    });
    Ok(Response::json(&ApiView::of(&api.await?)))
}
