//! Users, as administrators see them for SSH.

use super::{Timestamp, UserId, Username};

/// Whether a user gets certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SshUserState {
    /// An administrator or a directory gave them their username: `{username}` is good for them.
    Confirmed,
    /// They get no certificates: a passkey was added with a one-time code.
    Held,
    /// Nobody gave them their username, so `{username}` is not good for them. They may enter other accounts.
    Waiting,
    /// They get no certificates: an administrator took that back.
    Withdrawn,
}

impl SshUserState {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Confirmed, Self::Held, Self::Waiting, Self::Withdrawn];

    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Held => "held",
            Self::Waiting => "waiting",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether `{username}` is good for them.
    pub fn is_confirmed(self) -> bool {
        self == Self::Confirmed
    }

    /// Whether they get certificates.
    pub fn gets_certificates(self) -> bool {
        matches!(self, Self::Confirmed | Self::Waiting)
    }
}

/// A user as administrators see them for SSH.
#[derive(Debug, Clone)]
pub struct SshUser {
    /// The user.
    pub id: UserId,
    /// Their username.
    pub username: Username,
    /// Since when a passkey of theirs waits to be looked at.
    pub held_at: Option<Timestamp>,
    /// When an administrator took certificates from them.
    pub withdrawn_at: Option<Timestamp>,
    /// Whether they get certificates.
    pub state: SshUserState,
    /// Whether they can sign in with a passkey: they are enabled, and no service.
    pub can_sign_in: bool,
}
