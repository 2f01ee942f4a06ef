//! `POST /api/webauthn/reauthenticate`: the user proves their identity again (Pocket ID 2.14)

use super::{answer::AssertionAnswer, authentication::assert, invalid_response};
use crate::{
    crypto::BearerToken,
    model::Amr,
    server::{
        bound_cookie,
        http::{ApiError, Request, Response, body, cookies::CookieKind, request::SignedIn},
    },
    store::{
        passkeys,
        reauthentications::{self, Life},
        sessions,
    },
};

/// Three minutes, in seconds: how long the proof is valid.
const PROOF_SECONDS: i64 = 180;
/// The greatest age of a sign-in with a passkey that counts as proof, in seconds.
const RECENT_SECONDS: i64 = 60;

/// Issues a proof for an assertion, or without one, for a sign-in that has just happened.
pub(in crate::server) async fn reauthenticate(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let bytes = body::read(req.body).await?;
    let passkey = match AssertionAnswer::parse(&bytes) {
        Ok(answer) => {
            let asserted = assert(&req.app, &req.head, answer).await?;
            if asserted.user.id != req.who.user.id {
                let error = ApiError::reauthentication_required();
                return Err(error.because("the passkey belongs to another user"));
            }
            Some(asserted.passkey)
        }
        Err(_) if signed_in_recently(&req.who, req.head.now) => None,
        Err(error) if is_answer(&bytes) => return Err(invalid_response(error)),
        Err(_) => return Err(ApiError::reauthentication_required()),
    };
    let token = BearerToken::generate("", req.app.new_id(req.head.now), req.app.rng());
    let cookie = req.app.cookies().set(CookieKind::Reauthentication, token.expose(), PROOF_SECONDS);
    let (session, now) = (req.who.session, req.head.now);
    // Its first offer may have failed, or may have been lost.
    let offer = (passkey.is_some() && !session.has_shown_key())
        .then(|| bound_cookie::offer(&req.app, session.id, now));
    // If a sign-in counts as proof, the proof has the time of that sign-in.
    let proven_at = passkey.as_ref().map_or(session.created_at, |_| now);
    let life = Life { proven_at, expires_at: now.plus(PROOF_SECONDS) };
    let stored = req.app.store().write(move |tx| {
        sessions::find_open(tx, session.id)?.ok_or_else(ApiError::not_signed_in)?;
        if let Some(passkey) = &passkey {
            passkeys::record_use(tx, passkey, now)?;
            sessions::record_authentication(tx, session.id, now)?;
        }
        Ok::<_, ApiError>(reauthentications::insert(tx, &token, &session, life)?)
    });
    stored.await?;
    let response = Response::no_content().cookie(&cookie);
    Ok(match offer.flatten() {
        Some(offer) => response.header(bound_cookie::REGISTRATION, &offer),
        None => response,
    })
}

/// Whether the body is a passkey's answer that could not be parsed.
fn is_answer(bytes: &[u8]) -> bool {
    let body: Option<serde_json::Value> = serde_json::from_slice(bytes).ok();
    body.is_some_and(|body| body.get("response").is_some())
}

fn signed_in_recently(who: &SignedIn, now: crate::model::Timestamp) -> bool {
    let age = now.seconds_since(who.session.created_at);
    who.session.amr == Amr::Passkey && age <= RECENT_SECONDS
}
