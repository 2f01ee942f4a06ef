//! `/api/oidc/clients/{id}/logo`: uploads and deletes logos. `server/images.rs` serves them.

use std::mem;

use super::id;
use crate::{
    model::Image,
    operations::{Refusal, clients},
    server::{
        http::{ApiError, Request, Response},
        images::theme,
    },
};

/// Uploads the logo of a client, known by its content: the name of the file does not count.
pub(super) async fn set(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let (id, theme) = (id(&client_id)?, theme(&req.head));
    let mut req = req.file(Image::MAX_SIZE).await?;
    let logo = Image::recognise(mem::take(&mut req.body)).ok_or(Refusal::ImageType(None))?;
    req.act((id, logo), move |act, (id, logo)| clients::set_logo(act, id, theme, logo)).await?;
    Ok(Response::no_content())
}

/// Deletes the logo of a client.
pub(super) async fn delete(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let (id, theme) = (id(&client_id)?, theme(&req.head));
    req.act(id, move |act, id| clients::delete_logo(act, id, theme)).await?;
    Ok(Response::no_content())
}
