//! Texts from users: limited in length, without control characters, in Unicode NFC.

use icu_normalizer::ComposingNormalizerBorrowed;
use url::{Host, Url};

/// Why a text is rejected. The code and the message are part of the REST API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TextError {
    /// The stable code: `required`, `too_short`, `too_long`, `invalid_format` or `reserved`.
    pub code: &'static str,
    /// A message to follow the name of the field, such as "is required".
    pub message: String,
}

impl TextError {
    /// The error for a missing value.
    pub fn required() -> Self {
        Self { code: "required", message: "is required".into() }
    }

    /// The error for a value in the wrong format.
    pub fn format(message: impl Into<String>) -> Self {
        Self { code: "invalid_format", message: message.into() }
    }
}

/// Checks length (in code points) and characters, and normalises to NFC.
pub fn bounded(text: &str, min: usize, max: usize) -> Result<String, TextError> {
    let length = text.chars().count();
    if length == 0 && min > 0 {
        return Err(TextError::required());
    }
    if length < min {
        let message = format!("must be at least {min} characters long");
        return Err(TextError { code: "too_short", message });
    }
    if length > max {
        let message = format!("must be at most {max} characters long");
        return Err(TextError { code: "too_long", message });
    }
    if text.chars().any(is_control) {
        return Err(TextError::format("must not contain control characters"));
    }
    Ok(ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned())
}

/// Whether a character is not text, including bidirectional overrides: with them a name could look
/// like another one on the consent page.
pub fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Whether a text is an http(s) URL of at most 2,048 bytes, without the whitespace and control
/// characters that a URL parser would remove.
pub fn is_web_address(text: &str) -> bool {
    text.len() <= 2_048
        && !text.contains(|c: char| is_control(c) || c.is_whitespace())
        && Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// Whether nobody on the way can stand for the server at an address: it is asked over TLS, or is on
/// this machine.
pub fn is_protected_address(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || is_loopback
}

/// Whether both are one issuer. Neither capital letters nor slashes at the end make another one here, since these are
/// the mistakes that people make with their own address.
pub fn is_same_issuer(one: &str, other: &str) -> bool {
    one.trim_end_matches('/').eq_ignore_ascii_case(other.trim_end_matches('/'))
}

/// Declares a text type with its minimum and maximum length.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $min:expr, $max:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::text::TextError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::model::text::bounded(text.trim(), $min, $max).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use text_type;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_code_points_and_bounds_are_inclusive() {
        assert!(bounded("中文", 2, 2).is_ok());
        assert_eq!(bounded("a", 2, 5).unwrap_err().code, "too_short");
        assert_eq!(bounded("abc", 1, 2).unwrap_err().code, "too_long");
        assert_eq!(bounded("", 1, 2).unwrap_err().code, "required");
        assert!(bounded("", 0, 2).is_ok());
    }

    #[test]
    fn an_issuer_is_known_again_in_another_spelling() {
        for (other, is_same) in [
            ("https://id.example.com", true),
            ("https://ID.example.com/", true),
            ("https://id.example.com/a", false),
            ("https://id.example.org", false),
        ] {
            assert_eq!(is_same_issuer("https://id.example.com", other), is_same, "{other}");
        }
    }

    #[test]
    fn text_is_stored_in_nfc() {
        assert_eq!(bounded("e\u{301}", 1, 5).unwrap(), "é");
    }

    #[test]
    fn control_characters_and_direction_overrides_are_refused() {
        for text in ["a\nb", "a\0", "a\u{1b}[31m", "a\u{202e}b"] {
            assert_eq!(bounded(text, 1, 50).unwrap_err().code, "invalid_format", "{text:?}");
        }
    }
}
