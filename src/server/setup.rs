//! `/api/signup/setup`: the first administrator (Pocket ID 2.14)

use hyper::StatusCode;

use super::{
    account::me::{Profile, refuse_taken},
    http::{ApiError, Request, Response},
    limits,
    signing_in::NewSession,
};
use crate::{
    model::{Amr, EventKind, UserId, view::UserView},
    store::users,
};

/// `GET`: whether there is still something to set up: over the network only as long as there is no
/// account at all. Where there are users without an administrator, `pocketid setup` makes one.
pub(super) async fn available(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    match req.app.store().read(users::anybody_exists).await? {
        false => Ok(Response::no_content()),
        true => Err(ApiError::new(StatusCode::NOT_FOUND, "setup_not_available", "Not found")),
    }
}

/// `POST`: makes the first administrator and signs them in, so that they can register a passkey.
pub(super) async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.public().json::<Profile>(limits::JSON).await?;
    let id = UserId(req.app.new_id(req.head.now));
    let user = req.body.check()?.into_user(id, true, req.head.now);
    let session = NewSession::prepare(&req.app, &req.head, id, Amr::OneTimeCode)
        .because(EventKind::AccountCreated);
    let (view, cookie) = (UserView::of(&user, &[]), session.cookie(&req.app));
    let created = req.app.store().write(move |tx| {
        // In the transaction: of twenty who try at once, one succeeds.
        if users::anybody_exists(tx)? {
            let message = "Initial setup has already been completed";
            return Err(ApiError::new(StatusCode::CONFLICT, "setup_already_completed", message));
        }
        refuse_taken(tx, user.id, &user.username, user.email.as_ref())?;
        users::insert(tx, &user)?;
        Ok(session.insert(tx)?)
    });
    created.await?;
    Ok(Response::json(&view).cookie(&cookie))
}
