//! Custom claims that administrators give to users and groups (`customClaims` of Pocket ID 2.14).

use std::{fmt, str::FromStr};

use serde::Serialize;
use serde_json::Value;

use super::{
    GroupId, UserId,
    text::{TextError, bounded, text_type},
};

text_type!(
    /// The name of a claim (RFC 7519 §4).
    ClaimName, 1, 100
);

/// Claim names that custom claims may not use: claims of the token itself, and claims that we issue
/// about the user.
const RESERVED: &[&str] = &[
    "_claim_names",
    "_claim_sources",
    "acr",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "c_hash",
    "client_id",
    "cnf",
    "display_name",
    "email",
    "email_verified",
    "events",
    "exp",
    "family_name",
    "given_name",
    "groups",
    "iat",
    "iss",
    "jti",
    "locale",
    "name",
    "nbf",
    "nonce",
    "picture",
    "preferred_username",
    "rat",
    "s_hash",
    "sid",
    "sub",
    "sub_jwk",
    "type",
    "updated_at",
];

/// Claims of the scope `profile` that administrators may set (OIDC Core §5.1). Their values are
/// texts.
const STANDARD_TEXTS: &[&str] =
    &["birthdate", "gender", "middle_name", "nickname", "profile", "website", "zoneinfo"];

impl ClaimName {
    /// Whether a standard defines its value as a text.
    pub fn is_standard_text(&self) -> bool {
        STANDARD_TEXTS.contains(&self.as_str())
    }

    /// Whether custom claims may not use it.
    pub fn is_reserved(&self) -> bool {
        RESERVED.contains(&self.as_str())
    }

    /// Reads the name of a custom claim.
    pub fn from_chosen(text: &str) -> Result<Self, TextError> {
        let name: Self = text.parse()?;
        if name.is_reserved() {
            Err(TextError { code: "reserved", message: "is reserved".into() })
        } else {
            Ok(name)
        }
    }
}

/// The value of a claim: JSON if it parses as JSON, else a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ClaimValue(String);

impl ClaimValue {
    /// Longest value in characters.
    const MAX: usize = 2_000;

    /// The value as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value in a token.
    pub fn to_json(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or_else(|_| Value::String(self.0.clone()))
    }
}

impl FromStr for ClaimValue {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let value = Self(bounded(text.trim(), 1, Self::MAX)?);
        // OIDC Core §5.3.2: a claim without a value is omitted, so a blank value is rejected.
        let is_blank = match value.to_json() {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            _ => false,
        };
        if is_blank { Err(TextError::required()) } else { Ok(value) }
    }
}

impl fmt::Display for ClaimValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A claim of a user or of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CustomClaim {
    /// Its name.
    #[serde(rename = "key")]
    pub name: ClaimName,
    /// Its value.
    pub value: ClaimValue,
}

/// Most claims that a user, a group or a client may have.
pub const MAX_CLAIMS: usize = 50;

/// Most bytes of the claims of a user, a group or a client in total. ID tokens come back as
/// `id_token_hint` in URLs and headers, where they must fit.
pub const MAX_CLAIM_BYTES: usize = 4_096;

/// Whether these claims of one owner are within both limits.
pub fn fit_into_tokens<'a>(claims: impl Iterator<Item = (&'a ClaimName, &'a str)>) -> bool {
    let (mut count, mut bytes) = (0, 0);
    for (name, value) in claims {
        count += 1;
        bytes += name.as_str().len() + value.len();
    }
    count <= MAX_CLAIMS && bytes <= MAX_CLAIM_BYTES
}

/// The owner of custom claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimOwner {
    /// All members of a group.
    Group(GroupId),
    /// One user.
    User(UserId),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_that_is_json_is_that_json_and_any_other_is_a_text() {
        let json = |text: &str| text.parse::<ClaimValue>().unwrap().to_json();
        assert_eq!(json("admin"), json!("admin"));
        assert_eq!(json("42"), json!(42));
        assert_eq!(json("\"42\""), json!("42"));
        assert_eq!(json("true"), json!(true));
        assert_eq!(json("[\"a\", {\"b\": 1}]"), json!(["a", {"b": 1}]));
        assert_eq!(json("[a"), json!("[a"));
        assert_eq!(json("007"), json!("007"));
    }

    /// OIDC Core §5.3.2
    #[test]
    fn a_value_is_not_blank() {
        for blank in ["", " ", "null", "\"\"", "\" \"", "\"\\n\""] {
            assert_eq!(blank.parse::<ClaimValue>().unwrap_err().code, "required", "{blank:?}");
        }
        assert!("false".parse::<ClaimValue>().is_ok());
        assert!("0".parse::<ClaimValue>().is_ok());
    }

    #[test]
    fn names_and_values_are_bounded() {
        assert!("n".repeat(100).parse::<ClaimName>().is_ok());
        assert!("n".repeat(101).parse::<ClaimName>().is_err());
        assert!("v".repeat(2_000).parse::<ClaimValue>().is_ok());
        assert!("v".repeat(2_001).parse::<ClaimValue>().is_err());
        assert!("a\0".parse::<ClaimValue>().is_err());
        // Much deeper nesting than the JSON parser allows.
        assert!(matches!(
            "[".repeat(1_999).parse::<ClaimValue>().unwrap().to_json(),
            Value::String(_)
        ));
    }

    /// OIDC Core §2 and §5.1, RFC 7519 §4.1, and the list of Pocket ID 2.14.
    #[test]
    fn what_tokens_and_we_ourselves_say_cannot_be_chosen() {
        let of_pocket_id = "given_name family_name name email email_verified preferred_username \
            display_name groups type sub iss aud exp iat auth_time nonce acr amr azp client_id nbf jti";
        let of_ours = "at_hash sid rat picture locale updated_at";
        for name in of_pocket_id.split_whitespace().chain(of_ours.split(' ')) {
            assert_eq!(ClaimName::from_chosen(name).unwrap_err().code, "reserved", "{name}");
        }
        for name in ["role", "website", "zoneinfo", "https://example.com/claims", "Sub"] {
            assert!(ClaimName::from_chosen(name).is_ok(), "{name}");
        }
    }
}
