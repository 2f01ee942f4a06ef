//! Authorization responses that are signed (JWT Secured Authorization Response Mode for OAuth 2.0,
//! JARM).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    crypto::Algorithm,
    model::{ClientId, Timestamp},
};

/// Lifetime of a signed response in seconds. JARM §2.1 recommends ten minutes at most.
const SECONDS: i64 = 300;

/// The response modes that sign, with those that they send by.
pub const RESPONSE_MODES: [&str; 4] = ["jwt", "query.jwt", "fragment.jwt", "form_post.jwt"];

/// How the responses to a client are signed.
#[derive(Debug, Clone)]
pub struct ResponseSignature {
    /// The client.
    pub client_id: ClientId,
    /// The algorithm: that of its ID tokens.
    pub algorithm: Algorithm,
}

/// The claims of a signed response (JARM §2.1).
#[derive(Debug, Serialize)]
pub struct SignedResponse {
    iss: String,
    aud: String,
    exp: i64,
    /// The parameters, without `iss`, which stands beside them.
    #[serde(flatten)]
    params: BTreeMap<String, String>,
}

impl SignedResponse {
    /// The claims for these parameters.
    pub fn new(
        issuer: &str,
        signature: &ResponseSignature,
        state: Option<&str>,
        params: &[(&str, &str)],
        now: Timestamp,
    ) -> Self {
        let state = state.map(|state| ("state", state));
        let params = params.iter().copied().chain(state);
        Self {
            iss: issuer.to_owned(),
            aud: signature.client_id.to_string(),
            exp: now.plus(SECONDS).as_unix(),
            params: params.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        }
    }
}
