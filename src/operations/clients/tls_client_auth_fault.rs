//! Why a client cannot prove itself with TLS certificates.

/// Why a client cannot prove itself with TLS certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsClientAuthFault {
    /// None of its authorities is valid now.
    AuthoritiesExpired,
    /// It changes its keys by itself, so their certificates prove nothing.
    ChangesItsKeys,
    /// Certificates of its keys shall prove who it is, and there is none.
    NeedsCertificate,
}

impl TlsClientAuthFault {
    /// The rule, to follow the name of the field.
    pub fn rule(self) -> &'static str {
        match self {
            Self::AuthoritiesExpired => {
                "certificateAuthorities has no certificate that is valid now"
            }
            Self::ChangesItsKeys => "cannot be selfSigned: the client changes its jwks by itself",
            Self::NeedsCertificate => "needs a certificate (x5c) in the jwks of the client",
        }
    }
}
