//! Why a text is not taken as the certificate of a client.

/// Why a text is not taken as the certificate of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// It is in none of the known encodings, or the certificate is damaged.
    #[error("it cannot be read")]
    Malformed,
    /// It contains a private key.
    #[error("it contains a private key")]
    PrivateKey,
    /// There is more than one certificate.
    #[error("it is more than one certificate")]
    Several,
    /// It is too long.
    #[error("it is too long")]
    TooLong,
    /// Its key is not one of those that are known to be strong.
    #[error("its key is not RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519")]
    Weak,
}
