//! `/api/users/{id}/one-time-access-token`, and the endpoints that mail a one-time code.

use std::sync::Once;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::id;
use crate::{
    model::{ConfigKey, EmailAddress, one_time_access_token::OneTimeAccessToken},
    operations::{
        one_time_access::{self, OneTimeAccessDraft},
        users,
    },
    server::{
        account::fresh_passkey::{AccountCaller, AccountChange},
        http::{ApiError, Request, Response, duration::Duration},
    },
};

/// The default lifetime of a one-time code, in seconds.
const USUAL: i64 = 900;

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct OneTimeAccessBody {
    #[serde(default)]
    ttl: Duration,
}

impl OneTimeAccessBody {
    fn seconds(&self) -> Result<i64, ApiError> {
        self.ttl.or(USUAL).map_err(|fault| ApiError::validation(vec![fault]))
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "OneTimeAccessToken"))]
pub(super) struct Code<'a> {
    token: &'a str,
}

/// `POST .../one-time-access-token`: creates a code that signs a user in once.
pub(super) async fn create(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<OneTimeAccessBody>().await?;
    let id = id(&user_id)?;
    let seconds = req.body.seconds()?;
    let code = OneTimeAccessToken::generate(seconds, req.app.rng());
    let draft = OneTimeAccessDraft { digest: code.digest(req.app.codes()), seconds };
    let asker = AccountCaller::of(&req);
    let created = req.act(draft, move |act, draft| {
        let user = users::require(act, id)?;
        AccountChange::CreateOneTimeCode.allow_to_admin(act, &asker, &user)?;
        Ok::<_, ApiError>(one_time_access::create(act, &user, draft)?)
    });
    created.await?;
    Ok(Response::json(&Code { token: code.expose() }).status(StatusCode::CREATED))
}

/// `POST .../one-time-access-email`: mails a one-time code to a user.
// TODO(coverage): mail is not implemented. Pocket ID responds before it sends, and logs a failure.
pub(super) async fn mail(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<OneTimeAccessBody>().await?;
    let id = id(&user_id)?;
    req.body.seconds()?;
    require_enabled(req.app.config().flag(ConfigKey::EmailOneTimeAccessAsAdminEnabled))?;
    let asked = req.act(AccountCaller::of(&req), move |act, asker| {
        let user = users::require(act, id)?;
        AccountChange::CreateOneTimeCode.allow_to_admin(act, asker, &user)?;
        user.email.map(drop).ok_or_else(no_email)
    });
    asked.await?;
    tracing::warn!("could not mail a one-time code: no mail server is configured");
    Ok(Response::no_content())
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["email"])))]
pub(super) struct EmailBody {
    #[serde(default)]
    email: String,
}

/// `POST /api/one-time-access-email`: mails a one-time code to the user with this address. The
/// response is the same for an unknown address.
pub(super) async fn mail_oneself(req: Request) -> Result<Response, ApiError> {
    let req = req.public().json::<EmailBody>().await?;
    let email: Result<EmailAddress, _> = req.body.email.parse();
    email.map_err(|error| ApiError::field("email", error))?;
    let config = req.app.config();
    require_enabled(config.flag(ConfigKey::EmailOneTimeAccessAsUnauthenticatedEnabled))?;
    // Anyone can ask this, so it is logged once.
    static LOGGED: Once = Once::new();
    LOGGED.call_once(|| {
        tracing::warn!("could not mail a one-time code: no mail server is configured");
    });
    Ok(Response::no_content())
}

fn require_enabled(is_enabled: bool) -> Result<(), ApiError> {
    let message = "One-time access is disabled";
    is_enabled
        .then_some(())
        .ok_or_else(|| ApiError::new(StatusCode::FORBIDDEN, "one_time_access_disabled", message))
}

pub(super) fn no_email() -> ApiError {
    let message = "The user does not have an email address set";
    ApiError::new(StatusCode::CONFLICT, "user_email_not_set", message)
}
