//! `PUT /api/users/{id}`

use super::{body::UserBody, id};
use crate::{
    model::view::UserView,
    operations::users,
    server::http::{ApiError, Request, Response},
};

/// Changes an account. What the body leaves out is empty or `false` afterwards, but `emailVerified`, which stays as it
/// is: older programs do not know of it.
pub(super) async fn update(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<UserBody>().await?;
    let id = id(&user_id)?;
    let change = req.body.check(&req.app.config())?.into_change();
    let updated = req.act(change, move |act, change| users::update(act, id, change)).await?;
    req.app.backchannel_logout_queue().notify_one();
    Ok(Response::json(&UserView::of(&updated.user, &[])))
}
