//! `/api/signup/setup`: the first administrator (Pocket ID 2.14)

use hyper::StatusCode;
use serde::Deserialize;

use super::{
    api::users::body::UserBody,
    http::{ApiError, Authorised, Request, Response, api_error::FieldError, request::Public},
    limiter::Policy,
    route::{Route, get, post},
    setup_code::{SetupCode, is_asked},
    signing_in::NewSession,
};
use crate::{
    crypto::MasterKey,
    model::{Amr, Timestamp, UserId, text::TextError, view::UserView},
    operations::users,
    settings::AskForSetupCode,
    store::setup::{self, Opening},
};

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/signup/setup", available).for_anyone().refuses(&[404]),
        post("/api/signup/setup", create)
            .for_anyone()
            .takes::<SetUp>()
            .gives::<UserView>()
            .refuses(&[409]),
    ]
}

/// The body.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SetUp {
    #[serde(flatten)]
    profile: UserBody,
    /// An extension: Pocket ID has no such code.
    #[serde(default, rename = "setupCode")]
    code: Option<String>,
}

/// `GET`: whether the setup is open. If users exist but there never was an administrator, only
/// `pocketid setup` makes one, and it cannot be done over the network.
async fn available(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    if req.app.store().read(setup::is_open).await? {
        Ok(Response::no_content())
    } else {
        Err(ApiError::new(StatusCode::NOT_FOUND, "setup_not_available", "Not found"))
    }
}

/// `POST`: creates the first administrator and signs them in, so that they can register a passkey.
async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.public().json::<SetUp>().await?;
    check_code(&req).await?;
    let code = CodeCheck::of(&req);
    let id = UserId(req.app.new_id(req.head.now));
    let draft = req.body.profile.check_own(&req.app.config())?.into_own_draft(id, true);
    let session = NewSession::prepare(&req.app, &req.head, id, Amr::OneTimeCode).of_new_account();
    let headers = session.headers(&req.app);
    let created = req.act(draft, move |act, draft| {
        // In the transaction: of twenty simultaneous attempts, one succeeds.
        let Some(opening) = setup::opening(act, code.now)? else {
            let message = "Initial setup has already been completed";
            return Err(ApiError::new(StatusCode::CONFLICT, "setup_already_completed", message));
        };
        // The first check may have seen another opening, or none.
        code.check(&opening)?;
        let first = users::create_first_administrator(act, draft)?;
        session.insert(act)?;
        Ok(first)
    });
    let first = created.await?;
    // Without the first account, a database looks like a new one, whose set-up is open.
    req.app.store().settle_apart().await;
    if first.replaces {
        tracing::warn!(
            "created a first administrator again, because no administrator could sign in"
        );
    }
    Ok(headers.put(Response::json(&UserView::of(&first.user, &[]))))
}

/// The values needed to check a code in the transaction that closes the opening.
struct CodeCheck {
    now: Timestamp,
    ask: AskForSetupCode,
    master_key: MasterKey,
    given: Option<String>,
}

impl CodeCheck {
    fn of(req: &Authorised<Public, SetUp>) -> Self {
        Self {
            now: req.head.now,
            ask: req.app.settings().ask_for_setup_code,
            master_key: req.app.key_store().master_key.clone(),
            given: req.body.given_code().map(str::to_owned),
        }
    }

    fn check(&self, opening: &Opening) -> Result<(), ApiError> {
        match (is_asked(self.ask, opening), &self.given) {
            (false, _) => Ok(()),
            (true, None) => Err(code_required()),
            (true, Some(given)) if SetupCode::of(&self.master_key, opening).is(given) => Ok(()),
            (true, Some(_)) => Err(code_invalid()),
        }
    }
}

impl SetUp {
    fn given_code(&self) -> Option<&str> {
        self.code.as_deref().map(str::trim).filter(|code| !code.is_empty())
    }
}

/// Checks the setup code, if it is required. Attempts are counted here, before the transaction.
async fn check_code(req: &Authorised<Public, SetUp>) -> Result<(), ApiError> {
    let (now, app) = (req.head.now, &req.app);
    // A closed setup is reported later, in the transaction.
    let Some(opening) = app.store().read(move |tx| setup::opening(tx, now)).await? else {
        return Ok(());
    };
    if !is_asked(app.settings().ask_for_setup_code, &opening) {
        return Ok(());
    }
    let given = req.body.given_code().ok_or_else(code_required)?;
    let client_ip = req.head.client_ip;
    app.limiter().check(Policy::OneTimeAccess, client_ip).map_err(ApiError::rate_limited)?;
    if app.setup_code(&opening).is(given) {
        return Ok(());
    }
    tracing::warn!(%client_ip, "rejected a wrong set-up code");
    Err(code_invalid())
}

fn code_required() -> ApiError {
    let message = "The set-up code is required; it is in the log of the server";
    let error = ApiError::new(StatusCode::FORBIDDEN, "setup_code_required", message);
    error.about(FieldError::new("setupCode", TextError::required()))
}

fn code_invalid() -> ApiError {
    let message = "is not the set-up code";
    let error =
        ApiError::new(StatusCode::FORBIDDEN, "setup_code_invalid", format!("This {message}"));
    let fault = TextError { code: "setup_code", message: message.into() };
    error.about(FieldError::new("setupCode", fault))
}
