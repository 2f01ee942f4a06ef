//! The TLS certificate of a client, which a trusted proxy passes in a header (RFC 8705, RFC 9440).
//!
//! The proxy ends the TLS connection, so it proves that the client has the key of the certificate.
//! Everything else is checked here. A header from any other address is ignored: certificates are no
//! secret, and anyone could send the certificate of another client.

use std::fmt;

use super::{App, http::Head};
use crate::{
    crypto::{Certificate, CertificateFault},
    oidc::{OAuthError, OAuthErrorCode},
};

/// Why the certificate of a request cannot be used. Each endpoint has an error of its own for it.
#[derive(Debug)]
pub(super) enum UnusableCertificate {
    Fault(CertificateFault),
    /// It is expired, or made for a later time. It has this thumbprint.
    NotValidNow(String),
    Several,
}

impl fmt::Display for UnusableCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::NotValidNow(x5t) => write!(f, "the one with the x5t#S256 {x5t} is not valid now"),
            Self::Several => f.write_str("there is more than one header with it"),
        }
    }
}

/// The certificate of the request, if the proxy passed one. It is valid now.
pub(super) fn read(app: &App, head: &Head) -> Result<Option<Certificate>, UnusableCertificate> {
    let Some(name) = &app.settings().client_certificate.header else { return Ok(None) };
    if !head.may_pass_certificate {
        return Ok(None);
    }
    let mut values = head.headers.get_all(name.as_str()).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(UnusableCertificate::Several);
    }
    let found = Certificate::from_header(value.as_bytes()).map_err(UnusableCertificate::Fault)?;
    match found {
        Some(found) if !found.is_valid_at(head.now.as_unix()) => {
            Err(UnusableCertificate::NotValidNow(found.thumbprint().as_str().to_owned()))
        }
        found => Ok(found),
    }
}

impl UnusableCertificate {
    /// The error for an authenticated client. The response states the cause for its administrator.
    pub(super) fn for_client(&self) -> OAuthError {
        let description = format!("The TLS client certificate is not usable: {self}.");
        OAuthError::explained(OAuthErrorCode::InvalidRequest, description)
    }
}
