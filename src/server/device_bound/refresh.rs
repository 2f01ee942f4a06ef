//! `POST /api/device-bound-session/refresh`

use hyper::StatusCode;

use super::{
    instructions::answer,
    proof::{self, CHALLENGE},
};
use crate::{
    crypto::Digest,
    model::{ConfigKey, DeviceBinding, SessionId, Timestamp},
    operations::{Noun, Refusal},
    server::{
        App, bound_cookie,
        bound_cookie::{BoundPurpose, enforced_from, good_until},
        http::{ApiError, Request, Response},
        limiter::{BucketKey, Policy},
    },
    store::{StoreError, dpop_proofs, sessions, users},
};

/// How much longer a used challenge is remembered than it is good: clocks of servers differ.
const SKEW: i64 = 60;

/// Gives the browser of a bound session its cookie again, for a proof of its key (W3C DBSC). Without a proof of a
/// fresh challenge it gets a challenge.
///
/// The status tells the browser what to do: it answers a challenge that comes with 403, and takes any other error of
/// 400 to 499 as the end of the binding, after which the user has to sign in again. So these are for sessions that
/// have ended and for proofs of another key alone.
pub(super) async fn refresh(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let now = req.head.now;
    let id = proof::session_id(&req.head).and_then(|id| id.parse::<SessionId>().ok());
    let id = id.ok_or(Refusal::NotFound(Noun::Session))?;
    let binding = find(&req.app, id, now).await?.ok_or(Refusal::NotFound(Noun::Session))?;
    let Some(jwt) = proof::proof(&req.head) else { return Ok(ask(&req.app, id, now)) };
    let claims = proof::verify(jwt, &binding.key).map_err(|fault| {
        bound_cookie::warn(
            &req.app,
            id,
            &req.head,
            "a proof for a bound session is not one of its key",
        );
        refuse(fault)
    })?;
    if claims.sub.is_some_and(|sub| sub != id.to_string()) {
        return Err(refuse("its sub is another session"));
    }
    let until = good_until(&req.app, BoundPurpose::Refresh, id, &claims.jti);
    let Some(until) = until.filter(|until| *until > now) else {
        return Ok(ask(&req.app, id, now));
    };
    // Not 429, which the browser would take as the end of the binding.
    let counted = req.app.limiter().check_key(Policy::BoundSessionProof, BucketKey::Session(id));
    if let Err(seconds) = counted {
        let error =
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "rate_limited", "Too many requests");
        return Err(error.retry_after(seconds));
    }
    let is_enforced = binding.enforced_from.is_some();
    let used = req.app.store().write(move |tx| {
        // Used once, on whichever server.
        let digest = Digest::of(format!("dbsc {}", claims.jti));
        if !dpop_proofs::insert(tx, digest, until.plus(SKEW))? {
            return Ok::<_, StoreError>(false);
        }
        if !is_enforced {
            sessions::enforce_binding(tx, id, enforced_from(now))?;
        }
        Ok(true)
    });
    if !used.await? {
        return Ok(ask(&req.app, id, now));
    }
    Ok(answer(&req.app, id, &bound_cookie::set(&req.app, id, now)))
}

/// The binding of a live session of an enabled user. None where bound sessions are turned off: the browser then
/// forgets its key, and the session's own cookie is enough.
async fn find(
    app: &App,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<Box<DeviceBinding>>, StoreError> {
    let is_on = app.config().flag(ConfigKey::DeviceBoundSessions);
    let found = app.store().read(move |tx| {
        let Some((session, _)) = sessions::find_by_id(tx, id, now)? else { return Ok(None) };
        let user = users::find(tx, session.user_id)?;
        let is_enabled = user.is_some_and(|user| !user.disabled);
        Ok::<_, StoreError>(session.binding.filter(|_| is_enabled))
    });
    let Some(binding) = found.await? else { return Ok(None) };
    if is_on {
        return Ok(Some(binding));
    }
    // The browser forgets its key now. So does the server: should it be turned on again, the session goes on.
    app.store().write(move |tx| sessions::unbind(tx, id)).await?;
    Ok(None)
}

/// Asks for a proof of another challenge.
fn ask(app: &App, id: SessionId, now: Timestamp) -> Response {
    let challenge = bound_cookie::challenge(app, id, now);
    Response::empty(StatusCode::FORBIDDEN)
        .header(CHALLENGE, &format!("\"{challenge}\";id=\"{id}\""))
        .no_store()
}

fn refuse(detail: impl std::fmt::Display) -> ApiError {
    let message = "The proof of the key is not valid";
    ApiError::new(StatusCode::BAD_REQUEST, "invalid_session_proof", message).because(detail)
}
