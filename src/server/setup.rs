//! `/api/signup/setup`: the first administrator (Pocket ID 2.14)

use std::collections::BTreeMap;

use hyper::StatusCode;
use serde::Deserialize;

use super::{
    account::me::{Profile, refuse_taken},
    http::{ApiError, Authorised, Request, Response, api_error::FieldError, request::Public},
    limiter::Policy,
    limits,
    setup_code::is_asked,
    signing_in::NewSession,
};
use crate::{
    model::{Amr, EventKind, UserId, text::TextError, view::UserView},
    store::{audit_events, setup, users},
};

/// The body.
#[derive(Debug, Deserialize)]
pub(super) struct SetUp {
    #[serde(flatten)]
    profile: Profile,
    /// Ours: Pocket ID has no such code.
    #[serde(default, rename = "setupCode")]
    code: Option<String>,
}

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
    let req = req.public().json::<SetUp>(limits::JSON).await?;
    check_code(&req).await?;
    let id = UserId(req.app.new_id(req.head.now));
    let user = req.body.profile.check(&req.app.config())?.into_user(id, true, req.head.now);
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
        refuse_taken(tx, &user, None)?;
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

/// Lets those on who know the code, where it is asked for.
async fn check_code(req: &Authorised<Public, SetUp>) -> Result<(), ApiError> {
    let (now, app) = (req.head.now, &req.app);
    // That it is closed is said later, in the transaction.
    let Some(opening) = app.store().read(move |tx| setup::opening(tx, now)).await? else {
        return Ok(());
    };
    if !is_asked(app.settings().ask_for_setup_code, &opening) {
        return Ok(());
    }
    let given = req.body.code.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let Some(given) = given else {
        let message = "The set-up code is required; the log of the server has it";
        let error = ApiError::new(StatusCode::FORBIDDEN, "setup_code_required", message);
        return Err(error.about(FieldError::new("setupCode", TextError::required())));
    };
    let client_ip = req.head.client_ip;
    app.limiter().check(Policy::OneTimeAccess, client_ip).map_err(ApiError::rate_limited)?;
    if app.setup_code(&opening).is(given) {
        return Ok(());
    }
    tracing::warn!(%client_ip, "a wrong set-up code was given");
    let message = "is not the set-up code";
    let error =
        ApiError::new(StatusCode::FORBIDDEN, "setup_code_invalid", format!("This {message}"));
    let fault = TextError { code: "setup_code", message: message.into() };
    Err(error.about(FieldError::new("setupCode", fault)))
}
