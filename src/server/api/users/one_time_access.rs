//! `/api/users/{id}/one-time-access-token`, and the endpoints that mail a one-time code.

use std::time::Duration as StdDuration;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::id;
use crate::{
    crypto::{Digest, Secret, rng::ALPHANUMERIC},
    model::{
        ConfigKey, EmailAddress, Letter, Mail, MailRecipient, User,
        one_time_access_token::OneTimeAccessToken,
    },
    operations::{
        Act, Postbox,
        one_time_access::{self, OneTimeAccessDraft},
        users,
    },
    server::{
        App,
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response, cookies::CookieKind, duration::Duration},
        limiter::{BucketKey, Policy},
        onward::local_path,
    },
    store,
};

/// The default lifetime of a one-time code, in seconds.
const USUAL: i64 = 900;
/// How long every answer to a request for a mailed code takes.
const ANSWER_TIME: StdDuration = StdDuration::from_millis(300);
/// The length of the cookie that binds a mailed code to its browser, in characters.
const BROWSER_LENGTH: usize = 32;

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
    let draft = OneTimeAccessDraft::of(&code, seconds, req.app.codes());
    let asker = Asker::of(&req);
    let created = req.act(draft, move |act, draft| {
        let user = users::require(act, id)?;
        GuardedChange::CreateOneTimeCode.allow_to_admin(act, &asker, &user)?;
        Ok::<_, ApiError>(one_time_access::create(act, &user, draft)?)
    });
    created.await?;
    Ok(Response::json(&Code { token: code.expose() }).status(StatusCode::CREATED))
}

/// `POST .../one-time-access-email`: mails a one-time code to a user.
pub(super) async fn mail(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<OneTimeAccessBody>().await?;
    let id = id(&user_id)?;
    let seconds = req.body.seconds()?;
    require_enabled(req.app.config().flag(ConfigKey::EmailOneTimeAccessAsAdminEnabled))?;
    let code = MailedCode::generate(&req.app, seconds, None);
    let input = (Asker::of(&req), code);
    let mailed = req.act(input, move |act, (asker, code)| {
        let user = users::require(act, id)?;
        GuardedChange::CreateOneTimeCode.allow_to_admin(act, asker, &user)?;
        code.mail(act, &user, None)
    });
    mailed.await?;
    req.app.outbox().notify_one();
    Ok(Response::no_content())
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["email"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct EmailBody {
    #[serde(default)]
    email: String,
    #[serde(default)]
    redirect_path: Option<String>,
}

/// `POST /api/one-time-access-email`: mails a one-time code to the user with this address. It works in
/// this browser only. The response is the same for an unknown address.
pub(super) async fn mail_oneself(req: Request) -> Result<Response, ApiError> {
    // Whether there is an account must not show in the time that the answer takes either.
    let answer_at = tokio::time::Instant::now() + ANSWER_TIME;
    let req = req.public().json::<EmailBody>().await?;
    let email: EmailAddress =
        req.body.email.parse().map_err(|error| ApiError::field("email", error))?;
    let config = req.app.config();
    require_enabled(config.flag(ConfigKey::EmailOneTimeAccessAsUnauthenticatedEnabled))?;
    let browser = req.app.rng().text(ALPHANUMERIC, BROWSER_LENGTH);
    let known = req.app.cookies().read(&req.head.headers, CookieKind::MailedCode);
    // A browser that asks again keeps its cookie, so that the code from before works, too.
    let browser = known.filter(|known| known.len() == BROWSER_LENGTH).map_or(browser, Secret::new);
    let code = MailedCode::generate(&req.app, USUAL, Some(Digest::of(browser.expose())));
    let redirect = req.body.redirect_path.as_deref();
    let redirect = redirect.and_then(|path| local_path(&req.app, path));
    let user = req.app.store().read(move |tx| store::users::find_by_email(tx, &email)).await?;
    let may_be_mailed = |user: &User| {
        if user.disabled || user.is_service() {
            return false;
        }
        let limited = req.app.limiter().check_key(Policy::MailOfOne, BucketKey::User(user.id));
        limited.is_ok()
    };
    if let Some(user) = user.filter(may_be_mailed) {
        req.act((code, user), move |act, (code, user)| code.mail(act, user, redirect.clone()))
            .await?;
        req.app.outbox().notify_one();
    }
    tokio::time::sleep_until(answer_at).await;
    let cookie = req.app.cookies().set(CookieKind::MailedCode, browser.expose(), USUAL);
    Ok(Response::no_content().cookie(&cookie))
}

/// A code that is mailed to its user.
struct MailedCode {
    code: OneTimeAccessToken,
    draft: OneTimeAccessDraft,
    postbox: Postbox,
}

impl MailedCode {
    /// Draws a code. With a browser it works in that browser only.
    fn generate(app: &App, seconds: i64, browser: Option<Digest>) -> Self {
        let code = OneTimeAccessToken::generate(seconds, app.rng());
        let draft =
            OneTimeAccessDraft { browser, ..OneTimeAccessDraft::of(&code, seconds, app.codes()) };
        Self { code, draft, postbox: app.postbox() }
    }

    /// Stores the code for a user, and mails it to them.
    fn mail(
        &self,
        act: &mut Act<'_, '_>,
        user: &User,
        redirect: Option<String>,
    ) -> Result<(), ApiError> {
        let email = user.email.as_ref().ok_or_else(no_email)?;
        one_time_access::create(act, user, &self.draft)?;
        let code = Secret::new(self.code.expose());
        let letter = Letter::LoginCode { code, seconds: self.draft.seconds, redirect };
        let mail = Mail { to: MailRecipient::of(user, email), letter };
        let now = act.now();
        Ok(self.postbox.post(act, &mail, now)?)
    }
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
