//! Converts types of the program to column values and back.
//!
//! There are only three column types, which both engines have: integers, texts and bytes. Booleans
//! are 0 and 1, times whole seconds, ids 16 bytes.

use std::{borrow::Cow, str::FromStr};

use uuid::Uuid;

use super::StoreError;
use crate::{
    crypto::{Digest, Thumbprint},
    model::{
        ApiId, ApiKeyDescription, ApiKeyId, ApiKeyName, ApiName, AssertedSubjectId,
        AssertionAudience, AuditEventId, ClaimName, ClaimValue, ClientDescription, ClientId,
        ClientName, ClientSecretId, DirectoryId, DisplayName, EmailAddress, ForeignClientId,
        ForeignResources, ForeignScope, FriendlyName, GrantId, GroupId, GroupName, HostAddress,
        MessageKind, PasskeyId, PasskeyName, PermissionDescription, PermissionId, PersonName,
        ProtectedHostId, RegistrationTokenId, RegistrationTokenName, Resource, ScimEndpoint,
        ScimProviderId, ScimTokenId, ScimTokenName, ScopeName, SecurityProfile, SessionId,
        SignupTokenId, SshAccountId, SshAccountName, SshCaKeyId, SshCertificateId, Timestamp,
        UserId, Username, WebhookId, WebhookName, WebhookUrl, redirect_uri::RedirectUriPattern,
    },
};

/// A column value.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// A number, a boolean or a time.
    Integer(i64),
    /// A text.
    Text(Cow<'a, str>),
    /// Bytes, a digest or an id.
    Blob(Cow<'a, [u8]>),
}

/// A type that can be a parameter of a statement.
pub trait Bind {
    /// The value of the parameter.
    fn bind(&self) -> Value<'_>;
}

/// A type that can be read from a column.
pub trait FromColumn: Sized {
    /// The name of the type in errors.
    const EXPECTED: &'static str;

    /// Reads a value; `None` when the column holds something else.
    fn from_column(value: &Value<'_>) -> Option<Self>;
}

/// The parameters of a statement, in order.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$(&$value as &dyn $crate::store::value::Bind),*]
    };
}
pub(crate) use params;

impl Bind for Value<'_> {
    fn bind(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Integer(number) => Value::Integer(*number),
            Self::Text(text) => Value::Text(text.as_ref().into()),
            Self::Blob(bytes) => Value::Blob(bytes.as_ref().into()),
        }
    }
}

impl<T: Bind + ?Sized> Bind for &T {
    fn bind(&self) -> Value<'_> {
        (**self).bind()
    }
}

impl<T: Bind> Bind for Option<T> {
    fn bind(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, Bind::bind)
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_column(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_column(value).map(Some),
        }
    }
}

impl Bind for i64 {
    fn bind(&self) -> Value<'_> {
        Value::Integer(*self)
    }
}

impl FromColumn for i64 {
    const EXPECTED: &'static str = "integer";

    fn from_column(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }
}

impl Bind for bool {
    fn bind(&self) -> Value<'_> {
        Value::Integer(i64::from(*self))
    }
}

impl FromColumn for bool {
    const EXPECTED: &'static str = "boolean";

    fn from_column(value: &Value<'_>) -> Option<Self> {
        match i64::from_column(value)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Bind for Timestamp {
    fn bind(&self) -> Value<'_> {
        Value::Integer(self.as_unix())
    }
}

impl FromColumn for Timestamp {
    const EXPECTED: &'static str = "moment";

    fn from_column(value: &Value<'_>) -> Option<Self> {
        i64::from_column(value).map(Self::from_unix)
    }
}

impl Bind for str {
    fn bind(&self) -> Value<'_> {
        Value::Text(self.into())
    }
}

impl Bind for String {
    fn bind(&self) -> Value<'_> {
        self.as_str().bind()
    }
}

impl FromColumn for String {
    const EXPECTED: &'static str = "text";

    fn from_column(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone().into_owned()),
            _ => None,
        }
    }
}

impl Bind for [u8] {
    fn bind(&self) -> Value<'_> {
        Value::Blob(self.into())
    }
}

impl Bind for Vec<u8> {
    fn bind(&self) -> Value<'_> {
        self.as_slice().bind()
    }
}

impl FromColumn for Vec<u8> {
    const EXPECTED: &'static str = "bytes";

    fn from_column(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Blob(bytes) => Some(bytes.clone().into_owned()),
            _ => None,
        }
    }
}

impl Bind for Digest {
    fn bind(&self) -> Value<'_> {
        self.as_bytes().bind()
    }
}

impl FromColumn for Digest {
    const EXPECTED: &'static str = "digest";

    fn from_column(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Blob(bytes) => Self::from_slice(bytes),
            _ => None,
        }
    }
}

impl Bind for Uuid {
    fn bind(&self) -> Value<'_> {
        self.as_bytes().as_slice().bind()
    }
}

impl FromColumn for Uuid {
    const EXPECTED: &'static str = "UUID";

    fn from_column(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Blob(bytes) => Self::from_slice(bytes).ok(),
            _ => None,
        }
    }
}

macro_rules! uuid_columns {
    ($($name:ident),+ $(,)?) => {$(
        impl Bind for $name {
            fn bind(&self) -> Value<'_> {
                self.0.bind()
            }
        }

        impl FromColumn for $name {
            const EXPECTED: &'static str = stringify!($name);

            fn from_column(value: &Value<'_>) -> Option<Self> {
                Uuid::from_column(value).map(Self)
            }
        }
    )+};
}

uuid_columns!(
    ApiId,
    PermissionId,
    ApiKeyId,
    AssertedSubjectId,
    AuditEventId,
    ClientSecretId,
    GrantId,
    GroupId,
    PasskeyId,
    ProtectedHostId,
    ScimProviderId,
    RegistrationTokenId,
    ScimTokenId,
    SessionId,
    SignupTokenId,
    SshAccountId,
    SshCaKeyId,
    SshCertificateId,
    UserId,
    WebhookId
);

impl Bind for MessageKind {
    fn bind(&self) -> Value<'_> {
        self.as_str().bind()
    }
}

impl FromColumn for MessageKind {
    const EXPECTED: &'static str = "kind of message";

    fn from_column(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => Self::parse(text),
            _ => None,
        }
    }
}

macro_rules! text_columns {
    ($($name:ident),+ $(,)?) => {$(
        impl Bind for $name {
            fn bind(&self) -> Value<'_> {
                self.as_str().bind()
            }
        }

        impl FromColumn for $name {
            const EXPECTED: &'static str = stringify!($name);

            fn from_column(value: &Value<'_>) -> Option<Self> {
                match value {
                    Value::Text(text) => Self::from_str(text).ok(),
                    _ => None,
                }
            }
        }
    )+};
}

text_columns!(
    ApiKeyDescription,
    ApiKeyName,
    ApiName,
    AssertionAudience,
    ClaimName,
    ClaimValue,
    ClientDescription,
    ClientId,
    ClientName,
    DirectoryId,
    DisplayName,
    EmailAddress,
    ForeignClientId,
    ForeignResources,
    ForeignScope,
    FriendlyName,
    GroupName,
    HostAddress,
    PasskeyName,
    PermissionDescription,
    ScopeName,
    PersonName,
    RedirectUriPattern,
    Resource,
    RegistrationTokenName,
    ScimEndpoint,
    ScimTokenName,
    SecurityProfile,
    SshAccountName,
    Thumbprint,
    Username,
    WebhookName,
    WebhookUrl,
);

/// Encodes a value as JSON. Fails for a value that cannot be encoded.
pub(super) fn to_json(value: &(impl serde::Serialize + ?Sized)) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unwritable(error.to_string()))
}

/// Reads a column that holds JSON.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(
    json: &str,
    column: usize,
    expected: &'static str,
) -> Result<T, StoreError> {
    parse_column(json, |json| serde_json::from_str(json).ok(), column, expected)
}

/// Reads a column through a function of the domain type, such as `Amr::parse`.
pub(super) fn parse_column<T>(
    text: &str,
    parse: impl FnOnce(&str) -> Option<T>,
    column: usize,
    expected: &'static str,
) -> Result<T, StoreError> {
    parse(text).ok_or(StoreError::Corrupt { column, expected })
}
