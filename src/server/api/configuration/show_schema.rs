//! `GET /api/configuration/schema`

use crate::{
    configuration,
    server::http::{ApiError, Request, Response},
};

/// Shows the JSON schema of documents, as `pocketid export-config --schema` prints it.
pub(super) async fn show_schema(req: Request) -> Result<Response, ApiError> {
    req.require_admin().await?;
    Ok(Response::json(&configuration::schema()))
}
