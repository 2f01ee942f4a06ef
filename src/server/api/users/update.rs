//! `PUT /api/users/{id}`

use super::{body::UserBody, id};
use crate::{
    model::{UserId, view::UserView},
    operations::{
        Act, Refusal,
        users::{self, UserChange},
    },
    server::{
        account::fresh_passkey::{AccountChange, Asker},
        http::{ApiError, Request, Response},
    },
};

/// Changes an account. What the body leaves out is empty or `false` afterwards, but `emailVerified`, which stays as it
/// is: older programs do not know of it.
pub(super) async fn update(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<UserBody>().await?;
    let id = id(&user_id)?;
    let change = req.body.check(&req.app.config())?.into_change();
    let asker = (req.who.user.id == id).then(|| Asker::of(&req));
    let updated = req.act((change, asker), move |act, (change, asker)| {
        // One's own names are what one is found by: a stolen session must not change them here either.
        if let Some(asker) = asker
            && changes_login_names(act, id, change)?
        {
            AccountChange::ChangeLoginNames.allow(act, asker)?;
        }
        Ok::<_, ApiError>(users::update(act, id, change)?)
    });
    let updated = updated.await?;
    req.app.backchannel_logout_queue().notify_one();
    Ok(Response::json(&UserView::of(&updated.user, &[])))
}

fn changes_login_names(
    act: &mut Act<'_, '_>,
    id: UserId,
    change: &UserChange,
) -> Result<bool, Refusal> {
    let mut user = users::require(act, id)?;
    Ok(change.username.apply(&mut user.username) | change.email.apply(&mut user.email))
}
