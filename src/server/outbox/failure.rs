//! Why a message was not delivered.

/// Why a message was not delivered, and what that means for the next attempt. The causes are for the
/// log, and hold no secret.
#[derive(Debug)]
pub(in crate::server) enum DeliveryFailure {
    /// It can never be delivered.
    Final(String),
    /// The recipient answered, and refused it for now.
    Refused(String),
    /// The recipient did not answer: others of its messages would fail, too.
    Silent(String),
}

impl DeliveryFailure {
    pub(super) fn cause(&self) -> &str {
        match self {
            Self::Final(cause) | Self::Refused(cause) | Self::Silent(cause) => cause,
        }
    }
}
