//! Clients that register themselves (RFC 7591), and clients that an administrator has to approve.

use super::{RegistrationTokenId, Timestamp, text::text_type};
use crate::crypto::{BearerToken, Rng};

text_type!(
    /// The name of an initial access token: usually that of the program that has it.
    RegistrationTokenName, 2, 50
);

/// How a client authenticates (RFC 7591 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMethod {
    /// A public client.
    None,
    /// A secret in the header.
    ClientSecretBasic,
    /// A secret in the form.
    ClientSecretPost,
    /// Assertions signed with its own keys.
    PrivateKeyJwt,
}

impl AuthMethod {
    /// Every method.
    pub const ALL: [Self; 4] =
        [Self::None, Self::ClientSecretBasic, Self::ClientSecretPost, Self::PrivateKeyJwt];

    /// The value on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// Reads the value on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }

    /// Whether it needs a secret.
    pub fn has_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost)
    }
}

/// The kind of an application, which decides its redirect URIs (OIDC Dynamic Client Registration §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationType {
    /// An application on the user's machine.
    Native,
    /// An application on a server.
    Web,
}

impl ApplicationType {
    /// The value on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Web => "web",
        }
    }

    /// Reads the value on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Native, Self::Web].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The state of a client that registered itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationState {
    /// It may sign people in.
    Approved,
    /// It can do nothing until an administrator approves it.
    Pending,
}

impl RegistrationState {
    /// The name in the database and in the REST API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Pending => "pending",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Approved, Self::Pending].into_iter().find(|state| state.as_str() == text)
    }
}

/// The policy on registration (`dynamicClientRegistration`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationPolicy {
    /// Everyone, but an administrator has to approve the client. With an initial access token it needs
    /// no approval.
    Approval,
    /// Only administrators.
    Off,
    /// Programs with an initial access token.
    Token,
}

/// An initial access token (RFC 7591 §1.2) without its secret.
#[derive(Debug, Clone)]
pub struct RegistrationToken {
    /// Its id.
    pub id: RegistrationTokenId,
    /// Its unique name.
    pub name: RegistrationTokenName,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires; never when absent.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<Timestamp>,
}

impl RegistrationToken {
    /// The most tokens, including expired ones.
    pub const MAX: usize = 100;

    /// Shows the kind of a leaked token.
    const PREFIX: &'static str = "pocket_id_reg_";

    /// Generates a bearer value. Only its digest is stored.
    pub fn draw(id: RegistrationTokenId, rng: &dyn Rng) -> BearerToken {
        BearerToken::generate(Self::PREFIX, id.0, rng)
    }

    /// Reads a presented bearer value; `None` when it cannot be one of ours.
    pub fn parse(text: &str) -> Option<BearerToken> {
        BearerToken::parse(Self::PREFIX, text)
    }

    /// Whether it has not expired.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| end > now)
    }
}
