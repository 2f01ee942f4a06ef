//! Reads the proof in the header `DPoP` of a request (RFC 9449), and hands out nonces.
//!
//! Nonces are not stored: one is derived from the time under the encryption key, so that every
//! server gives out and knows the same ones. A client needs none unless its clock is wrong. It is
//! offered one when its proof is not fresh, and from then on with each response.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hyper::header::HeaderName;

use crate::{
    crypto::{Algorithm, Digest, EmbeddedKeyFault, Thumbprint, embedded_key},
    model::{Client, Timestamp},
    oidc::{
        OAuthError, OAuthErrorCode,
        dpop::{
            MAX_PROOF, NONCE_SECONDS, PROOF_TYPE, ProofClaims, ProvenRequest, SKEW, invalid_proof,
        },
    },
    server::{
        App,
        http::{Head, Response, response::DPOP_NONCE},
    },
    store::{Tx, dpop_proofs},
};

/// The header with the proof (RFC 9449 §4.1).
const HEADER: HeaderName = HeaderName::from_static("dpop");
/// The purpose of the HMAC that nonces are.
const NONCE: &str = "dpop-nonce";
/// The length of a nonce in bytes.
const NONCE_LENGTH: usize = 16;

/// A proof that is valid for its request. It is not used up yet.
#[derive(Debug, Clone)]
pub(super) struct Proof {
    /// The key that it proves.
    pub(super) jkt: Thumbprint,
    /// The algorithm that it is signed with.
    pub(super) algorithm: Algorithm,
    id: Digest,
    remembered_until: Timestamp,
    has_nonce: bool,
}

impl Proof {
    /// Reads the proof of a request, if there is one. `access_token` is the token that it goes with.
    pub(super) fn read(
        app: &App,
        head: &Head,
        access_token: Option<&str>,
    ) -> Result<Option<Self>, OAuthError> {
        let mut headers = head.headers.get_all(HEADER).iter();
        let Some(header) = headers.next() else { return Ok(None) };
        if headers.next().is_some() {
            return Err(invalid_proof("there is more than one header DPoP"));
        }
        let text = header.to_str().unwrap_or_default();
        if text.len() > MAX_PROOF {
            return Err(invalid_proof(format!("it has more than {MAX_PROOF} bytes")));
        }
        let (key, claims) = embedded_key::verify::<ProofClaims>(text, PROOF_TYPE)
            .map_err(|fault: EmbeddedKeyFault| invalid_proof(fault))?;
        let own = app.settings().own_addresses();
        let urls: Vec<String> = own.map(|url| format!("{url}{}", head.path)).collect();
        let request = ProvenRequest { method: head.method.as_str(), urls: &urls, access_token };
        claims.check(request, head.now)?;
        let accepted_until = accepted_until(app, &claims, head.now)?;
        Ok(Some(Self {
            id: claims.digest(&key.thumbprint),
            jkt: key.thumbprint,
            algorithm: key.algorithm,
            // Another server, whose clock is behind, accepts it a little longer.
            remembered_until: accepted_until.plus(SKEW),
            has_nonce: claims.nonce.is_some(),
        }))
    }

    /// Checks the proof of a token request of a client, which may be one that always sends a proof.
    pub(super) fn check_of_client(proof: Option<&Self>, client: &Client) -> Result<(), OAuthError> {
        match proof {
            Some(proof) => proof.check_algorithm(client),
            None if client.requires_dpop => Err(invalid_proof("this client has to send one")),
            None => Ok(()),
        }
    }

    /// Checks that the client may use the algorithm.
    pub(super) fn check_algorithm(&self, client: &Client) -> Result<(), OAuthError> {
        if client.allows(self.algorithm) {
            return Ok(());
        }
        let name = self.algorithm.as_str();
        Err(invalid_proof(format!("the profile of the client does not allow {name}")))
    }

    /// Uses the proof up. Refuses one that was used before, on whichever server (RFC 9449 §11.1).
    pub(super) fn use_up(&self, tx: &mut Tx<'_>) -> Result<(), OAuthError> {
        if dpop_proofs::insert(tx, self.id, self.remembered_until)? {
            Ok(())
        } else {
            Err(invalid_proof("it was used before"))
        }
    }

    /// Gives a client that uses nonces the newest one (RFC 9449 §8.2).
    pub(super) fn renew_nonce(proof: Option<&Self>, app: &App, now: Timestamp) -> Option<String> {
        proof.filter(|proof| proof.has_nonce).map(|_| nonce(app, now))
    }
}

/// Adds a nonce to a response.
pub(super) fn with_nonce(response: Response, nonce: Option<&str>) -> Response {
    match nonce {
        Some(nonce) => response.header(DPOP_NONCE, nonce),
        None => response,
    }
}

/// Until when a proof is accepted: by its nonce, or by the time at which it was made.
fn accepted_until(
    app: &App,
    claims: &ProofClaims,
    now: Timestamp,
) -> Result<Timestamp, OAuthError> {
    let until = match &claims.nonce {
        Some(given) => nonce_accepted_until(app, given, now),
        None => claims.fresh_until(now),
    };
    until.ok_or_else(|| {
        let cause = if claims.nonce.is_some() {
            "the nonce of the proof is not a current one"
        } else {
            "the iat of the proof is too far from the time here"
        };
        let code = OAuthErrorCode::UseDpopNonce;
        OAuthError { dpop_nonce: Some(nonce(app, now)), ..OAuthError::new(code, cause) }
    })
}

/// The nonce of the moment.
fn nonce(app: &App, now: Timestamp) -> String {
    nonce_of_window(app, window(now))
}

fn window(now: Timestamp) -> i64 {
    now.as_unix().div_euclid(NONCE_SECONDS)
}

fn nonce_of_window(app: &App, window: i64) -> String {
    let mac = app.key_store().master_key.mac(NONCE, &window.to_be_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(&mac[..NONCE_LENGTH])
}

/// Until when a nonce is accepted. `None` if it is not.
fn nonce_accepted_until(app: &App, given: &str, now: Timestamp) -> Option<Timestamp> {
    let current = window(now);
    // The next one: another server's clock may be ahead.
    let found = [current - 1, current, current + 1].into_iter().find(|window| {
        let is_early = *window > window_of_skew(now);
        let own = Digest::of(nonce_of_window(app, *window));
        !is_early && own.constant_time_eq(&Digest::of(given))
    });
    found.map(|window| Timestamp::from_unix((window + 2) * NONCE_SECONDS))
}

/// The window at the latest time that a server's clock may show.
fn window_of_skew(now: Timestamp) -> i64 {
    window(now.plus(SKEW))
}
