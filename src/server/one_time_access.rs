//! `POST /api/one-time-access-token/{code}`: signing in once without a passkey (Pocket ID 2.14)

use hyper::StatusCode;

use super::{
    http::{ApiError, Request, Response, cookies::CookieKind},
    limiter::{BucketKey, Guessed, Policy},
    refusal::RequestRefusal,
    route::{Route, post},
    signing_in::NewSession,
};
use crate::{
    crypto::Digest,
    model::{Amr, one_time_access_token::OneTimeAccessToken, view::UserView},
    store::{one_time_access_tokens, users},
};

/// The route.
pub(super) fn routes() -> Vec<Route> {
    vec![
        post("/api/one-time-access-token/{code}", exchange)
            .limited_by(Policy::OneTimeAccess)
            .for_anyone()
            .gives::<UserView>()
            .refuses(&[401]),
    ]
}

fn other_browser() -> ApiError {
    let message = "This code works only in the browser that asked for it";
    ApiError::new(StatusCode::UNAUTHORIZED, "device_code_invalid", message)
}

/// Signs in the holder of the code, once.
async fn exchange(req: Request, code: String) -> Result<Response, ApiError> {
    let req = req.public();
    let invalid = || {
        let message = "Token is invalid or expired";
        ApiError::new(StatusCode::UNAUTHORIZED, "token_invalid_or_expired", message)
    };
    let code = OneTimeAccessToken::from_typed(&code).ok_or_else(invalid)?;
    let digest = code.digest(req.app.codes());
    // A long code cannot be guessed, so it is checked even when guesses are limited.
    let guess = || req.app.limiter().guess(Guessed::OneTimeCode, BucketKey::of(req.head.client_ip));
    let guess = code.is_short().then(guess).transpose().map_err(RequestRefusal::TooMany)?;
    let (app, now) = (req.app.clone(), req.head.now);
    let browser = app.cookies().read(&req.head.headers, CookieKind::MailedCode).map(Digest::of);
    let head = req.head;
    let exchanged = req.app.store().write(move |tx| {
        let code = one_time_access_tokens::consume(tx, digest, now)?.ok_or_else(invalid)?;
        if code
            .browser
            .is_some_and(|bound| !browser.is_some_and(|browser| browser.constant_time_eq(&bound)))
        {
            // The error rolls the transaction back: the code stays valid where it was asked for.
            return Err(other_browser());
        }
        let user_id = code.user_id;
        let user = users::find(tx, user_id)?.ok_or_else(invalid)?;
        if user.disabled {
            // The error rolls the transaction back: the code stays valid for when the user is
            // enabled again.
            return Err(ApiError::user_disabled());
        }
        let session = NewSession::prepare(&app, &head, user_id, Amr::OneTimeCode);
        session.insert(tx)?;
        Ok((user, session.headers(&app)))
    });
    let (user, headers) = exchanged.await?;
    if let Some(guess) = guess {
        req.app.limiter().was_right(guess);
    }
    Ok(headers.put(Response::json(&UserView::of(&user, &[]))))
}
