//! `POST /api/device-bound-session/registration`

use hyper::StatusCode;

use super::{instructions::answer, proof};
use crate::{
    server::{
        bound_cookie::{BoundPurpose, good_until, set_first},
        http::{ApiError, Request, Response},
    },
    store::sessions,
};

/// Binds the session of the browser to a key (W3C DBSC). Browsers call it by themselves after a sign-in.
pub(super) async fn register(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let (id, now) = (req.who.session.id, req.head.now);
    let jwt = proof::proof(&req.head).ok_or_else(|| refuse("there is no proof"))?;
    let (key, claims) = proof::verify_new(jwt).map_err(refuse)?;
    let until = good_until(&req.app, BoundPurpose::Registration, id, &claims.jti);
    if until.is_none_or(|until| until <= now) {
        return Err(refuse("the challenge is not one for this session, or too old"));
    }
    let bound = req.app.store().write(move |tx| {
        // The session may have ended a moment ago.
        sessions::find_open(tx, id)?.ok_or_else(ApiError::not_signed_in)?;
        // So that a challenge is used once, and whoever comes later binds nothing.
        if sessions::bind(tx, id, &key)? { Ok(()) } else { Err(bound_already()) }
    });
    bound.await?;
    Ok(answer(&req.app, id, &set_first(&req.app, id, now)))
}

fn bound_already() -> ApiError {
    let message = "The session is bound to a key already";
    ApiError::new(StatusCode::CONFLICT, "session_already_bound", message)
}

fn refuse(detail: impl std::fmt::Display) -> ApiError {
    let message = "The proof of the key is not valid";
    ApiError::new(StatusCode::BAD_REQUEST, "invalid_session_proof", message).because(detail)
}
