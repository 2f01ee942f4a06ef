//! Why a message of a webhook was not accepted.

use crate::outbound::OutboundError;

/// Why a message was not accepted. The texts hold no secret: of the address only the host.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// It wants fewer messages, or does not work at the moment.
    #[error("it answered {status}: it is busy or out of order")]
    Busy {
        /// The status.
        status: u16,
        /// How long to wait, in seconds: `Retry-After`.
        seconds: i64,
    },
    /// It does not want any more messages.
    #[error("it answered 410: it is gone")]
    Gone,
    /// The secret cannot be decrypted.
    #[error("its secret cannot be decrypted; make a new one: pocketid webhook rotate-secret NAME")]
    Secret,
    /// It refused the message.
    #[error("it answered {0}")]
    Status(u16),
    /// It redirects.
    #[error(
        "it answered {0}: it redirects, which is not followed; set the address that it redirects to"
    )]
    Redirect(u16),
    /// It did not answer.
    #[error(transparent)]
    Unreachable(#[from] OutboundError),
}
