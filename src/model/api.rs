//! APIs: resource servers that accept our access tokens (RFC 8707).

use super::{ApiId, ClientId, PermissionId, Resource, ScopeName, Timestamp, text::text_type};

text_type!(
    /// The display name of an API or a permission.
    ApiName, 1, 50
);

text_type!(
    /// The description of a permission, in one sentence.
    PermissionDescription, 0, 200
);

/// A permission of an API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Its id.
    pub id: PermissionId,
    /// The scope that grants it.
    pub key: ScopeName,
    /// The display name.
    pub name: ApiName,
    /// The description.
    pub description: PermissionDescription,
    /// Whether unregistered clients (with a metadata document) may request it, if they may use the
    /// API.
    pub is_open_to_metadata_clients: bool,
}

impl Permission {
    /// Longest key, in characters (Pocket ID 2.14).
    pub const MAX_KEY: usize = 128;
}

/// A resource server.
#[derive(Debug, Clone)]
pub struct Api {
    /// Its id.
    pub id: ApiId,
    /// The display name.
    pub name: ApiName,
    /// The resource identifier.
    pub resource: Resource,
    /// Whether unregistered clients (with a metadata document) may use it for their users (Pocket
    /// ID 2.14).
    pub is_open_to_metadata_clients: bool,
    /// Its permissions, ordered by key.
    pub permissions: Vec<Permission>,
    /// When it was registered.
    pub created_at: Timestamp,
}

impl Api {
    /// Finds a permission by its key.
    pub fn permission(&self, key: &ScopeName) -> Option<&Permission> {
        self.permissions.iter().find(|permission| permission.key == *key)
    }
}

/// On whose behalf a client uses an API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectType {
    /// On its own behalf: client credentials.
    Client,
    /// On behalf of its user.
    User,
}

impl SubjectType {
    /// Both subject types.
    pub const ALL: [Self; 2] = [Self::Client, Self::User];

    /// The name in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::User => "user",
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.as_str() == text)
    }
}

/// A client's permission to use an API.
#[derive(Debug, Clone)]
pub struct ApiGrant {
    /// The client.
    pub client_id: ClientId,
    /// On whose behalf.
    pub subject_type: SubjectType,
    /// The permissions that it may request.
    pub permissions: Vec<ScopeName>,
}

/// The API access that a client has for one subject type.
#[derive(Debug, Clone)]
pub struct ApiAccess {
    /// The API.
    pub resource: Resource,
    /// The permissions that it may request.
    pub permissions: Vec<ScopeName>,
}
