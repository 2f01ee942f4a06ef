//! Row identifiers. Each kind has its own type, so that they cannot be confused.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
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

/// Whether a text parses as an id, in any form that the types below accept. Names must not:
/// commands accept an id or a name, so such a name could mean another row.
pub fn reads_as_id(text: &str) -> bool {
    Uuid::parse_str(text).is_ok()
}

impl UserId {
    /// The account of `STATIC_API_KEY` (Pocket ID 2.14). It disappears with the key, so it does not
    /// count as the last administrator.
    pub const STATIC: Self = Self(Uuid::nil());
}

uuid_ids! {
    /// A resource server.
    ApiId,
    /// An API key; not the key itself.
    ApiKeyId,
    /// A subject of another issuer that stands for a user.
    AssertedSubjectId,
    /// An audit log entry.
    AuditEventId,
    /// A client secret; not the secret itself.
    ClientSecretId,
    /// An authorization of a client by a user.
    GrantId,
    /// A user group.
    GroupId,
    /// A permission of a resource server. Only API requests use this id; people and tokens use its
    /// key.
    PermissionId,
    /// A host behind forward auth.
    ProtectedHostId,
    /// A stored passkey; not the credential id of WebAuthn.
    PasskeyId,
    /// A SCIM provider of a client.
    ScimProviderId,
    /// A SCIM token; not the token itself.
    ScimTokenId,
    /// An initial access token; not the token itself.
    RegistrationTokenId,
    /// A browser session.
    SessionId,
    /// An invitation; not the token itself.
    SignupTokenId,
    /// An account of hosts.
    SshAccountId,
    /// A key of an SSH certificate authority.
    SshCaKeyId,
    /// An SSH certificate.
    SshCertificateId,
    /// A user; its text form is the `sub` claim.
    UserId,
    /// A webhook.
    WebhookId,
}
