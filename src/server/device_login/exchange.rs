//! `POST /api/device-login/requests/{id}/exchange`

use std::{sync::Arc, time::Duration};

use hyper::StatusCode;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::expired;
use crate::{
    crypto::{BearerToken, CodeDigest},
    model::{Amr, DeviceLoginCode, DeviceLoginStatus, view::UserView},
    server::{
        App,
        http::{ApiError, Head, Request, Response, cookies::CookieKind},
        signing_in::NewSession,
    },
    store::{device_logins, sessions, users},
};

/// The maximum wait of a device, in seconds, before it has to ask again.
const MAX_WAIT: u64 = 25;
/// How often the database is checked during the wait.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Waits until the device is approved, then signs it in.
pub(super) async fn exchange(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.public();
    let cookie = req.app.cookies().read(&req.head.headers, CookieKind::DeviceLogin);
    let token = cookie.and_then(|cookie| BearerToken::parse("", &cookie)).ok_or_else(expired)?;
    let code = DeviceLoginCode::from_typed(&id).ok_or_else(expired)?;
    let code = code.digest(req.app.codes());
    let end = Instant::now() + wait(&req.head);
    loop {
        let (id, status) = look(&req.app, &token, code).await?;
        match status {
            DeviceLoginStatus::Approved => return sign_in(&req.app, req.head, id).await,
            DeviceLoginStatus::Denied => {
                let message = "Device login request was denied";
                return Err(ApiError::new(StatusCode::FORBIDDEN, "device_login_denied", message));
            }
            DeviceLoginStatus::Pending => {}
        }
        if Instant::now() + LOOK_EVERY > end {
            return Ok(Response::empty(StatusCode::ACCEPTED));
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Returns how long the caller wants to wait (RFC 7240 §4.3); by default, and at most, `MAX_WAIT`.
fn wait(head: &Head) -> Duration {
    let prefer = head.header("prefer").and_then(|value| value.trim().strip_prefix("wait="));
    let seconds = prefer.and_then(|seconds| seconds.parse().ok()).unwrap_or(MAX_WAIT);
    Duration::from_secs(seconds.min(MAX_WAIT))
}

async fn look(
    app: &Arc<App>,
    token: &BearerToken,
    code: CodeDigest,
) -> Result<(Uuid, DeviceLoginStatus), ApiError> {
    let (token, now) = (token.clone(), app.now());
    let found = app.store().read(move |tx| device_logins::find(tx, &token, code)).await?;
    let login = found.filter(|login| login.expires_at > now).ok_or_else(expired)?;
    Ok((login.id, login.status))
}

async fn sign_in(app: &Arc<App>, head: Head, id: Uuid) -> Result<Response, ApiError> {
    // The request may have waited, so the time is read again.
    let head = Head { now: app.now(), ..head };
    let inside = Arc::clone(app);
    let signed_in = app.store().write(move |tx| {
        let let_in = device_logins::take(tx, id)?.ok_or_else(expired)?;
        let user = users::find(tx, let_in.user_id)?.ok_or_else(expired)?;
        if user.disabled {
            return Err(ApiError::user_disabled());
        }
        // The approving session has ended since, so its approval is void.
        if sessions::find_open(tx, let_in.session_id)?.is_none() {
            return Err(expired());
        }
        let session = NewSession::prepare(&inside, &head, user.id, Amr::Device);
        session.insert(tx)?;
        Ok((user, session.headers(&inside)))
    });
    let (user, headers) = signed_in.await?;
    Ok(headers
        .put(Response::json(&UserView::of(&user, &[])))
        .cookie(&app.cookies().remove(CookieKind::DeviceLogin)))
}
