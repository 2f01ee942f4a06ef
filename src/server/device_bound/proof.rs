//! The headers of DBSC, and the JWT with which a browser shows its key (DBSC proof).

use hyper::header::HeaderName;
use serde::Deserialize;

use crate::{
    crypto::{Algorithm, EmbeddedKey, EmbeddedKeyFault, PublicJwk, VerifyingKey, embedded_key},
    server::http::Head,
};

/// The header with the proof.
const RESPONSE: HeaderName = HeaderName::from_static("secure-session-response");
/// The header with a challenge.
pub(super) const CHALLENGE: HeaderName = HeaderName::from_static("secure-session-challenge");
/// The header that names the session.
const ID: HeaderName = HeaderName::from_static("sec-secure-session-id");
/// The `typ` of a proof.
const TYPE: &str = "dbsc+jwt";
/// The longest proof, in bytes. One with an RSA key of 4,096 bits has some 2 KiB.
const MAX_PROOF: usize = 4 * 1_024;
/// The longest identifier of a session, in bytes.
const MAX_ID: usize = 64;

/// The claims that count. The challenge, which is ours, says what the proof is for: the session, the purpose and
/// the time. So `aud` and `iat`, which browsers leave out or fill in variously, add nothing.
#[derive(Debug, Deserialize)]
pub(super) struct DeviceProofClaims {
    /// The challenge.
    pub(super) jti: String,
    /// The identifier of the session, once it has one.
    pub(super) sub: Option<String>,
}

/// The proof that a request has, if any. `None` also when there are several, or when it is too long.
pub(super) fn proof(head: &Head) -> Option<&str> {
    text(head, &RESPONSE, MAX_PROOF)
}

/// The identifier of the session that a browser asks for.
pub(super) fn session_id(head: &Head) -> Option<&str> {
    text(head, &ID, MAX_ID)
}

/// A header that is a string of RFC 9651. Without quotation marks it is taken as it stands.
fn text<'h>(head: &'h Head, name: &HeaderName, max: usize) -> Option<&'h str> {
    let mut values = head.headers.get_all(name).iter();
    let (value, None) = (values.next()?.to_str().ok()?, values.next()) else { return None };
    if value.len() > max {
        return None;
    }
    let value = value.trim();
    // Neither a JWT nor an identifier has a character that is escaped.
    match value.strip_prefix('"') {
        Some(rest) => rest.split_once('"').map(|(text, _parameters)| text),
        None => value.split(';').next(),
    }
}

/// Verifies the first proof of a session, which brings the key.
pub(super) fn verify_new(proof: &str) -> Result<(PublicJwk, DeviceProofClaims), EmbeddedKeyFault> {
    let (EmbeddedKey { algorithm, jwk, .. }, claims) =
        embedded_key::verify_own::<DeviceProofClaims>(proof, TYPE)?;
    if !matches!(algorithm, Algorithm::Es256 | Algorithm::Rs256) {
        return Err(EmbeddedKeyFault::Key);
    }
    // What is stored is the key and its one algorithm, and nothing else that came with it.
    let alg = Some(algorithm.as_str().to_owned());
    Ok((PublicJwk { kid: None, r#use: None, alg, key: jwk.key, x5c: None }, claims))
}

/// Verifies a later proof with the key of the session.
pub(super) fn verify(proof: &str, key: &PublicJwk) -> Result<DeviceProofClaims, EmbeddedKeyFault> {
    let algorithm = key.alg.as_deref().and_then(Algorithm::parse).ok_or(EmbeddedKeyFault::Key)?;
    let key = VerifyingKey::from_jwk(key, algorithm).ok_or(EmbeddedKeyFault::Key)?;
    embedded_key::verify_with(proof, TYPE, &key)
}
