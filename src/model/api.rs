//! APIs: resource servers that accept our access tokens (RFC 8707).

use std::{fmt, str::FromStr};

use serde::Serialize;
use url::Url;

use super::{
    ApiId, ClientId, PermissionId, ScopeName, Timestamp,
    text::{TextError, bounded, text_type},
};

text_type!(
    /// The display name of an API or a permission.
    ApiName, 1, 50
);

text_type!(
    /// The description of a permission, in one sentence.
    PermissionDescription, 0, 200
);

/// A resource identifier (RFC 8707 §2): an absolute URI without a fragment. Trailing slashes are
/// removed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Resource(String);

impl Resource {
    /// The text on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Resource {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = bounded(text.trim_end_matches('/'), 1, 350)?;
        let is_uri = Url::parse(&text).is_ok_and(|url| {
            url.fragment().is_none() && !matches!(url.scheme(), "javascript" | "data")
        });
        let is_plain =
            text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\|".contains(&byte));
        match is_uri && is_plain {
            true => Ok(Self(text)),
            false => {
                Err(TextError::format("must be an absolute URI without whitespace or a fragment"))
            }
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8707 §2.
    #[test]
    fn a_resource_is_an_absolute_uri_without_a_fragment() {
        for (text, read) in [
            ("https://api.example.com", "https://api.example.com"),
            ("https://api.example.com/v1//", "https://api.example.com/v1"),
            ("urn:example:api", "urn:example:api"),
            ("api://grafana", "api://grafana"),
        ] {
            assert_eq!(text.parse::<Resource>().unwrap().as_str(), read);
        }
        for text in
            ["", "/", "api", "https://a/#f", "https://a b", "https://a|b", "javascript:x", "data:x"]
        {
            assert!(text.parse::<Resource>().is_err(), "{text}");
        }
    }
}
