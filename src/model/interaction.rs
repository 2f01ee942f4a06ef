//! Interactions: an authorization request that waits for its user (Pocket ID 2.14).

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{ClientId, Timestamp, UserId};

/// Something the user has to do before a client gets its answer, in the order they are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Sign in.
    Authenticate,
    /// Say which account.
    SelectAccount,
    /// Use the passkey again.
    Reauthenticate,
    /// Allow the client what it asks for.
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

/// An authorization request on hold.
#[derive(Debug, Clone)]
pub struct Interaction {
    /// The client that asks.
    pub client_id: ClientId,
    /// Its request, as it was sent; read and checked again when it is resumed.
    pub parameters: BTreeMap<String, String>,
    /// Who answers it, once known.
    pub user_id: Option<UserId>,
    /// What is still to be done, in order.
    pub steps: Vec<Step>,
    /// When the client asked.
    pub requested_at: Timestamp,
    /// When the user last used the passkey for it.
    pub reauthenticated_at: Option<Timestamp>,
    /// The pushed request that it was taken from (RFC 9126), which is used up by its answer.
    pub pushed_request: Option<Uuid>,
    /// Whether the user refused.
    pub is_denied: bool,
}
