//! The keys that a client binds its tokens to: the key of a proof (RFC 9449), its TLS certificate (RFC
//! 8705 §3), or both.

use super::dpop::Proof;
use crate::{
    crypto::Thumbprint,
    model::{Client, Confirmation},
    oidc::{OAuthError, dpop::invalid_proof},
    server::{App, client_certificate, http::Head},
    store::Tx,
};

/// The keys that a client has shown with a token request.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    /// The proof, which is not used up yet.
    pub(super) proof: Option<Proof>,
    /// The thumbprint of its certificate, if the tokens are bound to it.
    certificate: Option<Thumbprint>,
    /// The thumbprint of its certificate, whatever the tokens are bound to.
    shown: Option<Thumbprint>,
}

impl Binding {
    /// Reads what a client binds the tokens of a request to, which has this proof. It may be one that has to bind
    /// them.
    pub(super) fn of_client(
        app: &App,
        head: &Head,
        client: &Client,
        proof: Option<Proof>,
    ) -> Result<Self, OAuthError> {
        Proof::check_of_client(proof.as_ref(), client)?;
        // Certificates bind the tokens of clients that chose so (RFC 8705 §3.4): others get tokens
        // that work without one. A profile that demands bound tokens takes either key.
        let is_bound_otherwise = client.security_profile.is_none() || proof.is_some();
        let is_wanted = client.requires_mtls || !is_bound_otherwise;
        let shown = match client_certificate::read(app, head) {
            Ok(found) => found.map(|certificate| certificate.thumbprint()),
            Err(cause) if is_wanted => return Err(cause.for_client()),
            Err(_) => None,
        };
        let certificate = shown.clone().filter(|_| is_wanted);
        if client.requires_mtls && certificate.is_none() {
            return Err(OAuthError::invalid_request(
                "This client has to present its TLS certificate.",
            ));
        }
        if certificate.is_none() && !is_bound_otherwise {
            return Err(invalid_proof("this client has to send one, or its TLS certificate"));
        }
        Ok(Self { proof, certificate, shown })
    }

    /// The keys that the tokens are bound to.
    pub(super) fn confirmation(&self) -> Confirmation {
        Confirmation {
            jkt: self.proof.as_ref().map(|proof| proof.jkt.clone()),
            x5t: self.certificate.clone(),
        }
    }

    /// The certificate of the request. A refresh token may be bound to it from a time when the client had to
    /// present one.
    pub(super) fn shown_certificate(&self) -> Option<&Thumbprint> {
        self.shown.as_ref()
    }

    /// Uses the proof up.
    pub(super) fn use_up(&self, tx: &mut Tx<'_>) -> Result<(), OAuthError> {
        self.proof.as_ref().map_or(Ok(()), |proof| proof.use_up(tx))
    }
}
