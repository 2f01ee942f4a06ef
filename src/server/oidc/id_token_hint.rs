//! Verifies ID tokens of ours with the published keys: an `id_token_hint`, and the token that shows a
//! sign-in.

use serde::de::DeserializeOwned;

use crate::{
    crypto::jws::{self, Header},
    model::{ClientId, Timestamp},
    oidc::{IdTokenHint, SignInToken, id_token_hint::MAX_ID_TOKEN_HINT},
    server::App,
};

/// Reads a hint. `None` if it is not an ID token of this provider. A hint whose key is no longer
/// published cannot be told from a forged one.
pub(super) fn verify(app: &App, text: &str) -> Option<IdTokenHint> {
    let (_, hint) = read::<IdTokenHint>(app, text)?;
    hint.is_of(app.issuer()).then_some(hint)
}

/// Reads the ID token of a sign-in to a client. `None` if it is not one, or has expired.
pub(super) fn verify_sign_in(
    app: &App,
    text: &str,
    client_id: &ClientId,
    now: Timestamp,
) -> Option<SignInToken> {
    let (header, token) = read::<SignInToken>(app, text)?;
    let is_live = token.is_live_for(app.issuer(), client_id, now);
    (header.typ.as_deref() == Some("JWT") && is_live).then_some(token)
}

fn read<T: DeserializeOwned>(app: &App, text: &str) -> Option<(Header, T)> {
    if text.len() > MAX_ID_TOKEN_HINT {
        return None;
    }
    let keys = app.keys();
    let find = |algorithm, kid: Option<&str>| {
        kid.and_then(|kid| keys.verifying_key(algorithm, kid)).into_iter().collect()
    };
    jws::verify::<T>(text, find).ok()
}
