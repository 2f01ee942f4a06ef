//! `/api/oidc/clients/{id}/logo`: deletes logos. `server/images.rs` serves them.

use super::id;
use crate::{
    operations::clients,
    server::{
        http::{ApiError, Request, Response},
        images::theme,
    },
};

/// Deletes the logo of a client.
pub(super) async fn delete(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let (id, theme) = (id(&client_id)?, theme(&req.head));
    req.act(id, move |act, id| clients::delete_logo(act, id, theme)).await?;
    Ok(Response::no_content())
}
