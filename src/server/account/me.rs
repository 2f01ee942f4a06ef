//! `/api/users/me` (Pocket ID 2.14)

use crate::{
    model::{ClaimOwner, view::UserView},
    operations::{
        Change,
        users::{self, UserChange},
    },
    server::{
        api::users::body::UserBody,
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
    },
    store::{self, StoreError, custom_claims, groups, memberships},
};

/// `GET`: shows the signed-in user.
pub(in crate::server) async fn show(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let (user_id, now) = (req.who.user.id, req.head.now);
    let owner = ClaimOwner::User(user_id);
    let read = req.app.store().read(move |tx| {
        let groups = groups::list_of_user(tx, user_id, now)?;
        let ends = memberships::ends_of_user(tx, user_id, now)?;
        Ok::<_, StoreError>((groups, ends, custom_claims::list(tx, owner)?))
    });
    let (groups, ends, claims) = read.await?;
    let view = UserView::of(&req.who.user, &groups).with_membership_ends(&ends);
    Ok(Response::json(&view.with_custom_claims(claims)))
}

/// `PUT`: updates the user's own profile. If users may not edit their own account, only the
/// language changes.
pub(in crate::server) async fn update(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?.json::<UserBody>().await?;
    let config = req.app.config();
    let change = if config.allow_own_account_edit() {
        req.body.check_own(&config)?.into_own_change()
    } else {
        let locale = req.body.checked_locale().map_err(|e| ApiError::field("locale", e))?;
        UserChange { locale: Change::Set(locale), ..UserChange::none() }
    };
    let (user_id, asker) = (req.who.user.id, Asker::of(&req));
    let updated = req.act(change, move |act, change| {
        let user = store::users::find(act, user_id)?.ok_or_else(ApiError::not_signed_in)?;
        let change = change.possible(act, &user);
        let kind = if change.changes_login_names(&user) {
            GuardedChange::ChangeLoginNames
        } else {
            GuardedChange::ChangeProfile
        };
        kind.allow(act, &asker)?;
        Ok::<_, ApiError>(users::update(act, user_id, &change)?)
    });
    Ok(Response::json(&UserView::of(&updated.await?.user, &[])))
}
