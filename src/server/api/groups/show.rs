//! `GET /api/user-groups/{id}`

use super::{id, load};
use crate::{
    operations::{Refusal, groups},
    server::http::{ApiError, Request, Response},
};

/// Shows a group with its members.
pub(super) async fn show(req: Request, group_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let (id, now) = (id(&group_id)?, req.head.now);
    let view = req.read_in_line(move |tx| {
        let group = groups::require(tx, id)?;
        Ok::<_, Refusal>(load(tx, group, now)?)
    });
    Ok(Response::json(&view.await?))
}
