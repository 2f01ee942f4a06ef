//! Errors of outgoing requests.

use std::time::Duration;

/// Why a request got no answer.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The address is not an HTTP(S) URL with a host.
    #[error("it is not an http:// or https:// address with a host")]
    Address,
    /// The name of the host cannot be resolved.
    #[error("cannot find {host}: {cause}")]
    Resolve {
        /// The host.
        host: String,
        /// The cause.
        cause: String,
    },
    /// The host has a certificate that this system does not trust.
    #[error("cannot trust {host}: {cause}")]
    Certificate {
        /// The host.
        host: String,
        /// The fault of the certificate.
        cause: String,
    },
    /// The [`Reach`] excludes every address of the host.
    #[error("cannot connect to {host}: it has no address that this server may connect to")]
    OutOfReach {
        /// The host.
        host: String,
    },
    /// The answer exceeds the limit.
    #[error("cannot talk to {host}: its answer is longer than {limit} bytes")]
    TooLarge {
        /// The host.
        host: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The connection failed, or the answer is malformed.
    #[error("cannot talk to {host}: {cause}")]
    Talk {
        /// The host.
        host: String,
        /// The cause.
        cause: String,
    },
    /// The request timed out.
    #[error("cannot talk to {host}: it did not answer completely within {} seconds", time.as_secs())]
    Late {
        /// The host.
        host: String,
        /// The timeout.
        time: Duration,
    },
}

/// Whether an error of TLS is about the certificate of the server.
pub(super) fn is_about_certificate(error: &std::io::Error) -> bool {
    let inner = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
    matches!(inner, Some(rustls::Error::InvalidCertificate(_)))
}
