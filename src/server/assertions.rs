//! What assertions of clients and of services have in common (RFC 7521, RFC 7523 §3).

use std::sync::Arc;

use url::Url;

use super::App;
use crate::{
    crypto::{Algorithm, JwkSet, jws},
    model::Timestamp,
};

/// The maximum length of an assertion, in bytes.
pub(super) const MAX_ASSERTION: usize = 8 * 1024;

/// The longest name of a credential in the audit log, in characters.
const MAX_LOGGED: usize = 256;

/// Types of JWTs that are no assertions, though the same keys may sign them (RFC 8725 §3.11): request
/// objects (RFC 9101 §10.8), proofs of keys, logout tokens, grants that name a client, access tokens (RFC 9068),
/// answers of introspection (RFC 9701) and security events (RFC 8417).
const OTHER_TYPES: [&str; 7] =
    ["authz-req", "dpop", "logout", "id-jag", "at+jwt", "token-introspection", "secevent"];

/// Verifies an assertion that has no type of its own.
pub(super) fn verify(
    text: &str,
    keys: &JwkSet,
    is_allowed: impl Fn(Algorithm) -> bool,
) -> Result<(), String> {
    let typ = verify_signature(text, keys, is_allowed)?.to_ascii_lowercase();
    if OTHER_TYPES.iter().any(|other| typ.contains(other)) {
        return Err("the JWT is of another type".to_owned());
    }
    Ok(())
}

/// Verifies the signature of an assertion, and returns its type. Keys in its header are not looked at.
pub(super) fn verify_signature(
    text: &str,
    keys: &JwkSet,
    is_allowed: impl Fn(Algorithm) -> bool,
) -> Result<String, String> {
    let find = |algorithm, kid: Option<&str>| {
        if is_allowed(algorithm) { keys.for_signature(algorithm, kid) } else { Vec::new() }
    };
    let verified = jws::verify::<serde::de::IgnoredAny>(text, find);
    let (header, _) = verified.map_err(|fault| format!("the assertion: {fault}"))?;
    Ok(header.typ.unwrap_or_default())
}

/// The keys of an issuer, from the address of its JWK Set.
pub(super) async fn fetch_keys(
    app: &Arc<App>,
    url: &str,
    now: Timestamp,
) -> Result<Arc<JwkSet>, String> {
    let url = Url::parse(url).map_err(|error| format!("fetch {url}: {error}"))?;
    let keys = app.issuer_keys().get(app.outbound(), &url, now).await;
    keys.map_err(|cause| format!("fetch {url}: {cause}"))
}

/// The name of a credential, as the audit log has it.
pub(super) fn logged(credential: &str) -> String {
    credential.chars().take(MAX_LOGGED).collect()
}

/// Whether an address is one of this server: what it signs stands for users, and never for a service.
pub(super) fn is_own_origin(app: &App, address: &str) -> bool {
    let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
    let found = origin(address);
    found.is_some() && app.settings().own_addresses().any(|base| origin(base) == found)
}

/// The audiences that mean this server: its issuer identifier, and these paths of it.
pub(super) fn own_audiences(app: &App, paths: &[&str]) -> Vec<String> {
    let bases = app.settings().own_addresses();
    bases.flat_map(|base| paths.iter().map(move |path| format!("{base}{path}"))).collect()
}
