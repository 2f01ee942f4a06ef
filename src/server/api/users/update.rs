//! `PUT /api/users/{id}`

use super::{body::UserBody, id};
use crate::{
    model::{User, view::UserView},
    operations::users::{self, UserChange},
    server::{
        guarded::{Asker, GuardedChange, ssh_access::note_given_name},
        http::{ApiError, Request, Response},
    },
    store::{self, Tx, services},
};

/// Updates an account. Fields that the body omits become empty or `false`, except `emailVerified`,
/// which keeps its value: older programs do not know it. Of an account that a directory looks after, only
/// the language changes (Pocket ID 2.14).
pub(super) async fn update(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<UserBody>().await?;
    let id = id(&user_id)?;
    let config = req.app.config();
    let found = req.app.store().read(move |tx| store::users::find(tx, id)).await?;
    let is_service = found.is_some_and(|user| user.is_service());
    let checked =
        if is_service { req.body.check_service(&config) } else { req.body.check(&config) };
    let change = checked?.into_change();
    let asker = Asker::of(&req);
    let updated = req.act((change, asker), move |act, (change, asker)| {
        let user = users::require(act, id)?;
        let change = change.possible(act, &user);
        allow(act, asker, &change, &user)?;
        let updated = users::update(act, id, &change)?;
        if updated.user.username != user.username {
            note_given_name(act, asker, &updated.user)?;
        }
        Ok::<_, ApiError>(updated)
    });
    let updated = updated.await?;
    req.app.outbox().notify_one();
    Ok(Response::json(&UserView::of(&updated.user, &[])))
}

/// Allows or refuses the change. One passkey check covers the whole request.
fn allow(tx: &mut Tx<'_>, asker: &Asker, change: &UserChange, user: &User) -> Result<(), ApiError> {
    let identity = if change.enables(user) { services::find(tx, user.id)? } else { None };
    if identity.is_some_and(|identity| identity.has_access()) {
        // It may have been disabled because somebody else has its key.
        GuardedChange::ChangeService.allow(tx, asker)
    } else if change.changes_role(user) {
        GuardedChange::ChangeAdministrators.allow_for(tx, asker, user)
    } else if change.changes_login_names(user) {
        // The username and the email identify an administrator at sign-in.
        GuardedChange::ChangeLoginNames.allow_to_admin(tx, asker, user)
    } else if change.switches(user) {
        GuardedChange::SwitchAccount.allow_to_admin(tx, asker, user)
    } else {
        Ok(())
    }
}
