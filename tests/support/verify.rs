//! Verifies what the provider signed, as an application does.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use pocketid::crypto::{JwkSet, jws};
use serde_json::Value;

use super::op::TestOp;

impl TestOp {
    /// The header and the claims of a token that this provider signed.
    #[track_caller]
    pub(crate) fn verified(&self, token: &str) -> (Value, Value) {
        let keys = self.agent().get("/.well-known/jwks.json").ok().text();
        let keys: JwkSet = serde_json::from_str(&keys).expect("a JWK Set");
        let (_, claims) =
            jws::verify::<Value>(token, |algorithm, kid| keys.for_signature(algorithm, kid))
                .expect("a token of this provider");
        let header = token.split('.').next().expect("a header");
        let header = BASE64_URL_SAFE_NO_PAD.decode(header).expect("base64url");
        (serde_json::from_slice(&header).expect("JSON"), claims)
    }
}
