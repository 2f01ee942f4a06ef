//! `PUT /api/users/{id}`

use super::{body::UserBody, id};
use crate::{
    model::view::UserView,
    operations::users,
    server::{
        account::fresh_passkey::{AccountCaller, AccountChange},
        http::{ApiError, Request, Response},
    },
};

/// Updates an account. Fields that the body omits become empty or `false`, except `emailVerified`,
/// which keeps its value: older programs do not know it.
pub(super) async fn update(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<UserBody>().await?;
    let id = id(&user_id)?;
    let change = req.body.check(&req.app.config())?.into_change();
    let asker = AccountCaller::if_own(&req, id);
    let updated = req.act((change, asker), move |act, (change, asker)| {
        // Administrators' own username and email identify them at sign-in: a stolen session must
        // not change them here either. One passkey check covers the whole request.
        let user = users::require(act, id)?;
        if change.changes_login_names(&user) {
            AccountChange::ChangeLoginNames.allow_if_own(act, asker.as_ref())?;
        } else if change.disables(&user) {
            AccountChange::EndAccount.allow_if_own(act, asker.as_ref())?;
        }
        Ok::<_, ApiError>(users::update(act, id, change)?)
    });
    let updated = updated.await?;
    req.app.backchannel_logout_queue().notify_one();
    Ok(Response::json(&UserView::of(&updated.user, &[])))
}
