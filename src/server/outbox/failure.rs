//! Why a message was not delivered.

/// Why a message was not delivered, and what that means for the next attempt. The causes are for the
/// log, and hold no secret.
#[derive(Debug)]
pub(in crate::server) enum DeliveryFailure {
    /// The recipient asks for fewer messages, or for none for some time.
    Busy {
        /// Its answer.
        cause: String,
        /// How long it wants to be left alone, in seconds.
        seconds: i64,
    },
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
            Self::Busy { cause, .. }
            | Self::Final(cause)
            | Self::Refused(cause)
            | Self::Silent(cause) => cause,
        }
    }

    /// How long its recipient is left alone at least, in seconds; `None` when its other messages are
    /// sent as ever.
    pub(super) fn rest(&self) -> Option<i64> {
        match self {
            Self::Busy { seconds, .. } => Some(*seconds),
            Self::Silent(_) => Some(0),
            Self::Final(_) | Self::Refused(_) => None,
        }
    }
}
