//! Identifiers of rows, each a type of its own so that one cannot stand for another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

/// Whether a text reads as an id, in any form that the types below accept. Names must not: commands take an
/// id or a name, so such a name would stand for another row.
pub fn reads_as_id(text: &str) -> bool {
    Uuid::parse_str(text).is_ok()
}

impl UserId {
    /// The account that `STATIC_API_KEY` acts as (Pocket ID 2.14). It goes when the key goes, so it does not count
    /// where an administrator has to be left.
    pub const STATIC: Self = Self(Uuid::nil());
}

uuid_ids! {
    /// A resource server.
    ApiId,
    /// A key of the REST API; not the key itself.
    ApiKeyId,
    /// An audit log entry.
    AuditEventId,
    /// A client secret; not the secret itself.
    ClientSecretId,
    /// A chain of tokens from one authorization.
    GrantId,
    /// A user group.
    GroupId,
    /// A permission of a resource server, for programs: people and tokens name it by its key.
    PermissionId,
    /// A stored passkey; not the credential id of WebAuthn.
    PasskeyId,
    /// A browser session.
    SessionId,
    /// An invitation; not the token itself.
    SignupTokenId,
    /// A user; as text it is the `sub` claim.
    UserId,
}
