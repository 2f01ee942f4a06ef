//! WebAuthn ceremonies (WebAuthn L3 §7; Pocket ID 2.14): each is started, kept in the database for
//! minutes, and finished once.

mod aaguid;
pub(super) mod authentication;
pub(super) mod credentials;
pub(super) mod reauthentication;
pub(super) mod registration;

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};
use webauthn_rs::Webauthn;

use super::{
    App,
    http::{ApiError, Head, Response, cookies::CookieKind},
    pending::{NewRow, Payer},
};
use crate::{
    crypto::BearerToken,
    store::{
        ceremonies::{self, CeremonyKind},
        room::PendingTable,
    },
};

/// Five minutes: how long a ceremony may take, in seconds. Finding the phone takes a while.
const CEREMONY_SECONDS: i64 = 300;

/// WebAuthn, or the reason why it cannot be had.
fn webauthn(app: &App) -> Result<Arc<Webauthn>, ApiError> {
    app.webauthn().ok_or_else(|| {
        let message = format!(
            "Passkeys do not work at {}: browsers allow them on https:// with a host name, and on \
             http://localhost",
            app.issuer()
        );
        ApiError::new(hyper::StatusCode::CONFLICT, "passkeys_unavailable", message)
    })
}

/// Stores a ceremony and answers with its options: what stands under `publicKey` in the API of the
/// browser.
async fn begin<S: Serialize, O: Serialize>(
    app: &App,
    head: &Head,
    kind: CeremonyKind,
    state: &S,
    options: &O,
) -> Result<Response, ApiError> {
    let token = BearerToken::generate("", app.new_id(head.now), app.rng());
    let mut state = serde_json::to_value(state).map_err(ApiError::internal)?;
    if !app.config().requires_user_verification() {
        prefer_user_verification(&mut state);
    }
    let state = state.to_string();
    let cookie = app.cookies().set(CookieKind::Ceremony, token.expose(), CEREMONY_SECONDS);
    let expires_at = head.now.plus(CEREMONY_SECONDS);
    let payer = match kind {
        CeremonyKind::Authentication => Payer::Stranger(head.client_ip),
        CeremonyKind::Registration(user_id) => Payer::User(user_id),
    };
    let row = NewRow { id: token.id().into(), bytes: state.len(), life: (head.now, expires_at) };
    let room = app.room_for(PendingTable::Ceremonies, payer, &row)?;
    let stored = app
        .store()
        .write(move |tx| ceremonies::insert(tx, &room, &token, (kind, &state), expires_at));
    stored.await?;
    Ok(Response::json(options).cookie(&cookie))
}

/// Has the library accept a passkey that did not verify its user: it only offers to require that.
fn prefer_user_verification(state: &mut serde_json::Value) {
    let parts = state.as_object_mut().into_iter().flat_map(|state| state.values_mut());
    for policy in parts.filter_map(|part| part.get_mut("policy")) {
        *policy = "preferred".into();
    }
}

/// Takes the ceremony of the cookie out of the database. Whatever comes of it, it is used up.
async fn take<S: DeserializeOwned>(
    app: &App,
    head: &Head,
    kind: CeremonyKind,
) -> Result<S, ApiError> {
    let bad = |code, message| ApiError::new(hyper::StatusCode::BAD_REQUEST, code, message);
    let cookie = app
        .cookies()
        .read(&head.headers, CookieKind::Ceremony)
        .ok_or_else(|| bad("missing_session_id", "Session ID is missing"))?;
    let expired = || bad("invalid_webauthn_session", "Your passkey request has expired");
    let token = BearerToken::parse("", &cookie).ok_or_else(expired)?;
    let now = head.now;
    let state = app.store().write(move |tx| ceremonies::consume(tx, &token, kind, now)).await?;
    serde_json::from_str(&state.ok_or_else(expired)?).map_err(ApiError::internal)
}

/// Runs a verification off the async threads: it takes a good part of a millisecond.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(ApiError::internal)
}

fn user_verification_required() -> ApiError {
    let message = "Your passkey couldn't verify you. If you're using a security key, configure a \
                   FIDO2 PIN and try again";
    ApiError::new(hyper::StatusCode::BAD_REQUEST, "passkey_user_verification_required", message)
}
