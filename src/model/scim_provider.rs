//! SCIM providers: endpoints that the users and groups of a client are provisioned to (RFC 7644).

use super::{
    ClientId, ScimProviderId, Timestamp,
    text::{TextError, is_web_address},
};

/// The base URL of a SCIM service, http or https (RFC 7644 §3.2).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ScimEndpoint(String);

impl std::str::FromStr for ScimEndpoint {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        match text {
            "" => Err(TextError::required()),
            // A password in the URL would get into the audit log.
            text if is_web_address(text) && !has_password(text) => Ok(Self(text.to_owned())),
            _ => Err(TextError::format("must be a valid URL")),
        }
    }
}

fn has_password(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| !url.username().is_empty() || url.password().is_some())
}

impl ScimEndpoint {
    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A SCIM provider of a client. Pocket ID 2.14 allows several for one client.
#[derive(Debug, Clone)]
pub struct ScimProvider {
    /// Its id.
    pub id: ScimProviderId,
    /// The client whose users and groups it gets.
    pub client_id: ClientId,
    /// Its base URL.
    pub endpoint: ScimEndpoint,
    /// The bearer token for it, sealed under the encryption key.
    pub sealed_token: Option<Vec<u8>>,
    /// The last successful synchronisation.
    pub last_synced_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When a synchronisation last began.
    pub last_attempted_at: Option<Timestamp>,
    /// Why the last synchronisation failed; `None` after a success.
    pub last_error: Option<String>,
}

/// The kinds of resources that are provisioned over SCIM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProvisionedKind {
    /// Groups.
    Group,
    /// Users.
    User,
}

impl ProvisionedKind {
    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::User => "user",
        }
    }
}

impl ScimProvider {
    /// The longest bearer token, in bytes.
    const MAX_TOKEN: usize = 4096;

    /// Checks a bearer token. Empty for an endpoint that takes none.
    pub fn check_token(token: &str) -> Result<(), TextError> {
        if token.len() > Self::MAX_TOKEN {
            let message = format!("must be at most {} bytes long", Self::MAX_TOKEN);
            return Err(TextError { code: "too_long", message });
        }
        // RFC 9110 §5.5: a header value has no line breaks, which would end it.
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TextError::format("must only contain printable ASCII characters"));
        }
        Ok(())
    }
}
