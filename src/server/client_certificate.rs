//! The TLS certificate of a client, which a trusted proxy passes in a header (RFC 8705, RFC 9440).
//!
//! The proxy ends the TLS connection, so it proves that the client has the key of the certificate.
//! Everything else is checked here. A header from any other address is ignored: certificates are no
//! secret, and anyone could send the certificate of another client.

use super::{App, http::Head};
use crate::{
    crypto::Certificate,
    oidc::{OAuthError, OAuthErrorCode},
};

/// The certificate of the request, if the proxy passed one.
pub(super) fn read(app: &App, head: &Head) -> Result<Option<Certificate>, OAuthError> {
    let Some(name) = &app.settings().client_certificate.header else { return Ok(None) };
    if !head.is_from_proxy {
        return Ok(None);
    }
    let mut values = head.headers.get_all(name.as_str()).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(unusable("there is more than one header with it"));
    }
    Certificate::from_header(value.as_bytes()).map_err(unusable)
}

/// The error for a certificate that cannot be used. The response states the cause for the
/// administrator of the proxy.
fn unusable(cause: impl std::fmt::Display) -> OAuthError {
    let description = format!("The TLS client certificate is not usable: {cause}.");
    OAuthError::explained(OAuthErrorCode::InvalidRequest, description)
}
