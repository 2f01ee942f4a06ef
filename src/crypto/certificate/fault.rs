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
    /// Its RSA key has less than 2,048 bits.
    #[error("its RSA key has less than 2048 bits")]
    Weak,
}
