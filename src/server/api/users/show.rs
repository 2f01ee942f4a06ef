//! `GET /api/users/{id}`

use super::{id, load, view};
use crate::{
    operations::{Refusal, users},
    server::http::{ApiError, Request, Response},
};

/// Shows a user with groups and claims.
pub(super) async fn show(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let (id, now) = (id(&user_id)?, req.head.now);
    let found = req.app.store().read(move |tx| {
        let user = users::require(tx, id)?;
        Ok::<_, Refusal>(load(tx, user, now)?)
    });
    Ok(Response::json(&view(&found.await?)))
}
