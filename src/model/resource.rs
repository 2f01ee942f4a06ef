//! The identifiers of APIs (RFC 8707).

use std::{fmt, str::FromStr};

use serde::Serialize;
use url::Url;

use super::text::{TextError, bounded};

/// A resource identifier (RFC 8707 §2): an absolute URI without a fragment. Trailing slashes are
/// removed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
        if is_uri && is_plain {
            Ok(Self(text))
        } else {
            Err(TextError::format("must be an absolute URI without whitespace or a fragment"))
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
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
