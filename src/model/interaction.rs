//! Interactions: authorization requests that wait for their user (Pocket ID 2.14).

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{ClientId, Timestamp, UserId};

/// A step that the user must complete before the client gets its response. The order is the one in
/// which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Sign in.
    Authenticate,
    /// Choose the account.
    SelectAccount,
    /// Use the passkey again.
    Reauthenticate,
    /// Allow the client the requested access.
    Consent,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 4] =
        [Self::Authenticate, Self::SelectAccount, Self::Reauthenticate, Self::Consent];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authenticate => "authenticate",
            Self::SelectAccount => "select_account",
            Self::Reauthenticate => "reauthenticate",
            Self::Consent => "consent",
        }
    }

    /// Reads the name on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }
}

/// An authorization request that waits for its user.
#[derive(Debug, Clone)]
pub struct Interaction {
    /// The client that sent the request.
    pub client_id: ClientId,
    /// The parameters of the request. They are checked again when it is resumed.
    pub parameters: BTreeMap<String, String>,
    /// The user, once known.
    pub user_id: Option<UserId>,
    /// The remaining steps, in order.
    pub steps: Vec<Step>,
    /// When the client sent the request.
    pub requested_at: Timestamp,
    /// When the user last used the passkey for it.
    pub reauthenticated_at: Option<Timestamp>,
    /// The pushed request that it came from (RFC 9126). It is deleted with the response.
    pub pushed_request: Option<Uuid>,
    /// Whether the user refused.
    pub is_denied: bool,
}
