//! Authenticates clients by their TLS certificate (RFC 8705 §2): `tls_client_auth` and
//! `self_signed_tls_client_auth`.

use super::refuse::refuse;
use crate::{
    model::Client,
    oidc::OAuthError,
    server::{App, client_certificate, http::Head},
};

/// Checks that the certificate of the request proves that the sender is the client.
pub(super) fn check(app: &App, head: &Head, client: &Client) -> Result<(), OAuthError> {
    // The answer is the same whatever the fault, and for a client that uses no certificates: it tells a
    // stranger nothing. The log has the cause.
    let certificate = client_certificate::read(app, head)
        .map_err(|cause| refuse(&format!("the TLS certificate is not usable: {cause}")))?;
    let certificate = certificate.ok_or_else(|| refuse("neither a secret nor a certificate"))?;
    if client.keys.accept_certificate(&certificate, head.now.as_unix()) {
        Ok(())
    } else {
        let thumbprint = certificate.thumbprint();
        let x5t = thumbprint.as_str();
        Err(refuse(&format!(
            "the TLS certificate with the x5t#S256 {x5t} is not one of the client"
        )))
    }
}
