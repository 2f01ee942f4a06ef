//! Verifies an `id_token_hint` with the published keys.

use crate::{
    crypto::jws,
    oidc::{IdTokenHint, id_token_hint::MAX_ID_TOKEN_HINT},
    server::App,
};

/// Reads a hint. `None` if it is not an ID token of this provider. A hint whose key is no longer
/// published cannot be told from a forged one.
pub(super) fn verify(app: &App, text: &str) -> Option<IdTokenHint> {
    if text.len() > MAX_ID_TOKEN_HINT {
        return None;
    }
    let keys = app.keys();
    let find = |algorithm, kid: Option<&str>| {
        kid.and_then(|kid| keys.verifying_key(algorithm, kid)).into_iter().collect()
    };
    let (_, hint) = jws::verify::<IdTokenHint>(text, find).ok()?;
    hint.is_of(app.issuer()).then_some(hint)
}
