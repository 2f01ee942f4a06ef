//! WebAuthn ceremonies (WebAuthn L3 §7; Pocket ID 2.14): each is started, stored in the database
//! for minutes, and finished once.
//!
//! A cookie binds ceremonies to the browser, and the challenge in the answer identifies the
//! ceremony. So two tabs do not disturb each other.

mod aaguid;
mod answer;
mod authentication;
mod authenticator_data;
mod base64;
mod client_data;
mod credentials;
mod options;
mod reauthentication;
mod registration;
mod relying_party;
mod routes;

use std::sync::Arc;

use hyper::StatusCode;
use serde::{Serialize, de::DeserializeOwned};

use self::{
    client_data::ClientData,
    relying_party::{Begun, CEREMONY_TIME},
};
use super::{
    App,
    http::{ApiError, Head, Response, cookies::CookieKind},
    pending::{NewRow, Payer},
};
use crate::{
    crypto::{BearerToken, Digest},
    store::{
        ceremonies::{self, CeremonyKind, NewCeremony},
        room::PendingTable,
    },
};

pub(super) use self::{relying_party::RelyingParty, routes::routes};

/// WebAuthn, or an error that explains why it is unavailable.
fn webauthn(app: &App) -> Result<Arc<RelyingParty>, ApiError> {
    app.webauthn().ok_or_else(|| {
        let message = format!(
            "Passkeys do not work at {}: browsers allow them on https:// with a host name, and on \
             http://localhost",
            app.issuer()
        );
        ApiError::new(StatusCode::CONFLICT, "passkeys_unavailable", message)
    })
}

/// Stores a ceremony and answers with its options: the `publicKey` member in the API of the
/// browser.
async fn begin<O: Serialize, S: Serialize>(
    app: &App,
    head: &Head,
    kind: CeremonyKind,
    begun: Begun<O, S>,
) -> Result<Response, ApiError> {
    let seconds = i64::try_from(CEREMONY_TIME.as_secs()).map_err(ApiError::internal)?;
    // A browser with open ceremonies keeps its cookie, and so the ceremonies of its other tabs.
    let browser = browser(app, head)
        .unwrap_or_else(|| BearerToken::generate("", app.new_id(head.now), app.rng()));
    let cookie = app.cookies().set(CookieKind::Ceremony, browser.expose(), seconds);
    let ceremony = NewCeremony {
        challenge: Digest::of(&begun.challenge),
        browser: browser.digest(),
        kind,
        state: serde_json::to_string(&begun.state).map_err(ApiError::internal)?,
        expires_at: head.now.plus(seconds),
    };
    let payer = match kind {
        CeremonyKind::Authentication => Payer::Stranger(head.client_ip),
        CeremonyKind::Registration(user_id) => Payer::User(user_id),
    };
    let row = NewRow {
        id: ceremony.challenge.into(),
        bytes: ceremony.state.len(),
        life: (head.now, ceremony.expires_at),
    };
    let room = app.room_for(PendingTable::Ceremonies, payer, &row)?;
    app.store_row(room, move |tx, room| ceremonies::insert(tx, room, &ceremony)).await?;
    Ok(Response::json(&begun.options).cookie(&cookie))
}

fn browser(app: &App, head: &Head) -> Option<BearerToken> {
    let cookie = app.cookies().read(&head.headers, CookieKind::Ceremony)?;
    BearerToken::parse("", &cookie)
}

/// Takes the answered ceremony out of the database. It is used up, whatever the result, and no
/// other ceremony is.
async fn take<S: DeserializeOwned>(
    app: &App,
    head: &Head,
    kind: CeremonyKind,
    client_data: &ClientData,
) -> Result<S, ApiError> {
    let bad = |code, message| ApiError::new(StatusCode::BAD_REQUEST, code, message);
    if app.cookies().read(&head.headers, CookieKind::Ceremony).is_none() {
        return Err(bad("missing_session_id", "Session ID is missing"));
    }
    let expired = || bad("invalid_webauthn_session", "Your passkey request has expired");
    let browser = browser(app, head).ok_or_else(expired)?.digest();
    let (challenge, now) = (Digest::of(client_data.challenge()), head.now);
    let taken =
        app.store().write(move |tx| ceremonies::consume(tx, &challenge, &browser, kind, now));
    serde_json::from_str(&taken.await?.ok_or_else(expired)?).map_err(ApiError::internal)
}

/// Runs a verification outside of the async threads: it takes a good part of a millisecond.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(ApiError::internal)
}

/// The error for an answer that is malformed or not acceptable. The user is told the reason.
fn invalid_response(reason: impl std::fmt::Display) -> ApiError {
    let message = "We couldn't process the response from your passkey";
    ApiError::new(StatusCode::BAD_REQUEST, "invalid_webauthn_response", message).reason(&reason)
}

fn user_verification_required() -> ApiError {
    let message = "Your passkey couldn't verify you. If you're using a security key, configure a \
                   FIDO2 PIN and try again";
    ApiError::new(StatusCode::BAD_REQUEST, "passkey_user_verification_required", message)
}
