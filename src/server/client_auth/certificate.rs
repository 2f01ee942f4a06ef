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
    let certificate = client_certificate::read(app, head)?;
    let certificate = certificate.ok_or_else(|| refuse("neither a secret nor a certificate"))?;
    if client.keys.accept_certificate(&certificate, head.now.as_unix()) {
        Ok(())
    } else {
        Err(refuse("the certificate is not one of the client, or not valid now"))
    }
}
