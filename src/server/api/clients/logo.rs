//! `/api/oidc/clients/{id}/logo`: changing it. `server/images.rs` shows it.

use super::id;
use crate::{
    operations::clients,
    server::{
        http::{ApiError, Request, Response},
        images::theme,
    },
};

/// Takes from a client its logo.
pub(super) async fn delete(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let (id, theme) = (id(&client_id)?, theme(&req.head));
    req.act(id, move |act, id| clients::delete_logo(act, id, theme)).await?;
    Ok(Response::no_content())
}
