//! `/api/signup/setup`: the first administrator (Pocket ID 2.14)

use std::collections::BTreeMap;

use hyper::StatusCode;

use super::{
    account::me::{Profile, refuse_taken},
    http::{ApiError, Request, Response},
    limits,
    signing_in::NewSession,
};
use crate::{
    model::{Amr, EventKind, UserId, view::UserView},
    store::{audit_events, setup, users},
};

/// `GET`: whether there is still something to set up. Where there are users who never had an
/// administrator, `pocketid setup` makes one, and nobody does over the network.
pub(super) async fn available(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    match req.app.store().read(setup::is_open).await? {
        true => Ok(Response::no_content()),
        false => Err(ApiError::new(StatusCode::NOT_FOUND, "setup_not_available", "Not found")),
    }
}

/// `POST`: makes the first administrator and signs them in, so that they can register a passkey.
pub(super) async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.public().json::<Profile>(limits::JSON).await?;
    let id = UserId(req.app.new_id(req.head.now));
    let user = req.body.check(&req.app.config())?.into_user(id, true, req.head.now);
    let session = NewSession::prepare(&req.app, &req.head, id, Amr::OneTimeCode)
        .because(EventKind::AccountCreated);
    let (view, cookie) = (UserView::of(&user, &[]), session.cookie(&req.app));
    let kind = EventKind::AdministratorReplaced;
    let mut replacing = req.app.audit_event(kind, Some(id), req.head.actor(), req.head.now);
    replacing.data = BTreeMap::from([("username", user.username.to_string())]);
    let created = req.app.store().write(move |tx| {
        // In the transaction: of twenty who try at once, one succeeds.
        if !setup::is_open(tx)? {
            let message = "Initial setup has already been completed";
            return Err(ApiError::new(StatusCode::CONFLICT, "setup_already_completed", message));
        }
        refuse_taken(tx, user.id, &user.username, user.email.as_ref())?;
        let replaces = setup::close(tx)?;
        users::insert(tx, &user)?;
        session.insert(tx)?;
        if replaces {
            audit_events::insert(tx, &replacing)?;
        }
        Ok(replaces)
    });
    if created.await? {
        tracing::warn!("a new first administrator was made, since none was left who may sign in");
    }
    Ok(Response::json(&view).cookie(&cookie))
}
