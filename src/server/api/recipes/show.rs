//! `GET /api/recipes/{name}`

use serde::Serialize;

use super::library::{address, with_library, wrong_address};
use crate::{
    recipe::{ListedRecipe, Registration},
    server::http::{ApiError, Request, Response},
};

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct RecipeWithClient {
    #[serde(flatten)]
    entry: ListedRecipe,
    /// The settings of a client for the application at `url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<Registration>,
}

/// Shows a recipe, and with `url`, the address of the application, also the client that it would
/// register.
pub(super) async fn show(req: Request, name: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let entry = with_library(&req.app, move |library| library.find(&name)).await??;
    let url = req.head.query_value("url").map(|url| address(&url)).transpose()?;
    let client =
        url.map(|url| entry.recipe.registration(&url).map_err(|what| wrong_address(&what)));
    Ok(Response::json(&RecipeWithClient { client: client.transpose()?, entry }))
}
