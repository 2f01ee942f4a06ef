//! The types of configuration values. Each value is a text in the format of its type.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::model::{
    ClaimName, ClaimValue, ClientMetadataAllowlist, CustomClaim, EmailAddress, GroupId,
    SshHostDomains,
    custom_claim::fit_into_tokens,
    text::{TextError, bounded},
};

/// Longest secret, in bytes.
const MAX_SECRET: usize = 1_024;
/// Longest JSON value, in bytes.
const MAX_JSON: usize = 20_000;
/// Longest colour or address, in characters.
const MAX_LINE: usize = 1_000;
/// Most groups or addresses in a value.
const MAX_ITEMS: usize = 200;

/// CSS functions that return a colour (CSS Color 4 §4).
const COLOR_FUNCTIONS: &[&str] =
    &["rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch"];

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// A JSON array of addresses, with optional wildcards.
    AddressPatterns,
    /// `true` or `false`.
    Boolean,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A JSON array of claims, each with `key` and `value`.
    Claims,
    /// A CSS colour, or `default`.
    Color,
    /// An e-mail address.
    Email,
    /// A JSON array of group ids.
    GroupIds,
    /// A path of this server, or an http(s) address.
    HomePage,
    /// A JSON array of domains with hosts.
    HostDomains,
    /// A whole number within these bounds, inclusive.
    Integer {
        /// The minimum.
        min: i64,
        /// The maximum.
        max: i64,
    },
    /// A text that is stored sealed.
    Secret,
    /// A text in one line.
    Text {
        /// The most characters.
        max: usize,
    },
}

impl ValueType {
    /// The name, in output and in the REST API.
    pub fn name(self) -> &'static str {
        match self {
            Self::AddressPatterns => "addresses",
            Self::Boolean => "boolean",
            Self::Choice(_) => "choice",
            Self::Claims => "claims",
            Self::Color => "color",
            Self::Email => "email",
            Self::GroupIds => "groups",
            Self::HomePage => "address",
            Self::HostDomains => "domains",
            Self::Integer { .. } => "integer",
            Self::Secret => "secret",
            Self::Text { .. } => "text",
        }
    }

    /// Describes valid values, to follow "must be".
    pub fn expectation(self) -> String {
        match self {
            Self::AddressPatterns => {
                "a JSON array of addresses, such as [\"https://*.example.com/**\"]".to_owned()
            }
            Self::Boolean => "true or false".to_owned(),
            Self::Choice(words) => {
                let (last, others) = words.split_last().unwrap_or((&"", &[]));
                format!("{} or {last}", others.join(", "))
            }
            Self::Claims => {
                "a JSON array of claims, such as [{\"key\":\"team\",\"value\":\"red\"}]".to_owned()
            }
            Self::Color => {
                "default or a CSS colour, such as #0e6b5e or oklch(0.6 0.2 20)".to_owned()
            }
            Self::Email => "a valid email address".to_owned(),
            Self::GroupIds => "a JSON array of group ids".to_owned(),
            Self::HomePage => {
                "a path such as /settings/account, or an http:// or https:// address".to_owned()
            }
            Self::HostDomains => format!(
                "a JSON array of at most {} domains, such as [\"example.com\", \"db1\"]",
                SshHostDomains::MAX
            ),
            Self::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Self::Secret => format!("a text of at most {MAX_SECRET} bytes"),
            Self::Text { max } => format!("a line of at most {max} characters"),
        }
    }

    /// Checks a value that is not empty, and returns its stored form.
    pub fn check(self, text: &str) -> Result<String, TextError> {
        match self {
            // A password is stored as it is, including spaces at the end.
            Self::Secret => (text.len() <= MAX_SECRET && !text.contains('\0'))
                .then(|| text.to_owned())
                .ok_or_else(|| self.mismatch()),
            Self::Text { max } => bounded(text.trim(), 1, max),
            Self::Email => text.parse().map(|email: EmailAddress| email.to_string()),
            Self::AddressPatterns => self.check_json(text, is_pattern_list),
            Self::Claims => self.check_json(text, is_claim_list),
            Self::HostDomains => SshHostDomains::from_json(text)
                .map(|domains| domains.to_json())
                .ok_or_else(|| self.mismatch()),
            Self::GroupIds => self.check_json(text, is_group_list),
            _ => {
                let text = bounded(text.trim(), 1, MAX_LINE)?;
                if self.describes(&text) { Ok(text) } else { Err(self.mismatch()) }
            }
        }
    }

    fn describes(self, text: &str) -> bool {
        match self {
            Self::Boolean => matches!(text, "true" | "false"),
            Self::Choice(words) => words.contains(&text),
            Self::Color => is_color(text),
            Self::HomePage => is_home_page(text),
            Self::Integer { min, max } => {
                // Each number has one form: no plus sign, no leading zeros.
                let number = text.parse::<i64>().ok().filter(|number| number.to_string() == text);
                number.is_some_and(|number| (min..=max).contains(&number))
            }
            _ => false,
        }
    }

    fn check_json(self, text: &str, is_right: fn(&Value) -> bool) -> Result<String, TextError> {
        if text.len() > MAX_JSON {
            let message = format!("must be at most {MAX_JSON} bytes long");
            return Err(TextError { code: "too_long", message });
        }
        let value = serde_json::from_str(text).ok().filter(is_right);
        value.map(|value| value.to_string()).ok_or_else(|| self.mismatch())
    }

    fn mismatch(self) -> TextError {
        TextError::format(format!("must be {}", self.expectation()))
    }
}

/// A custom claim for new users, in JSON.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChosenClaim {
    key: String,
    value: String,
}

/// Reads a JSON array of claims.
pub(super) fn claims(value: &Value) -> Option<Vec<CustomClaim>> {
    let chosen: Vec<ChosenClaim> = Deserialize::deserialize(value).ok()?;
    let claim = |claim: &ChosenClaim| {
        let name = ClaimName::from_chosen(&claim.key).ok()?;
        Some(CustomClaim { name, value: claim.value.parse::<ClaimValue>().ok()? })
    };
    chosen.iter().map(claim).collect()
}

fn is_claim_list(value: &Value) -> bool {
    let Some(claims) = claims(value) else { return false };
    let is_new = |(at, claim): (usize, &CustomClaim)| {
        claims[..at].iter().all(|other| other.name != claim.name)
    };
    claims.iter().enumerate().all(is_new)
        && fit_into_tokens(claims.iter().map(|claim| (&claim.name, claim.value.as_str())))
}

fn is_group_list(value: &Value) -> bool {
    let ids: Result<Vec<GroupId>, _> = Deserialize::deserialize(value);
    ids.is_ok_and(|ids| ids.len() <= MAX_ITEMS)
}

fn is_pattern_list(value: &Value) -> bool {
    let is_short = value.as_array().is_some_and(|list| list.len() <= MAX_ITEMS);
    is_short && value.to_string().parse::<ClientMetadataAllowlist>().is_ok()
}

/// Accepts only colours that cannot end a declaration in a style sheet or load a resource.
fn is_color(text: &str) -> bool {
    let is_hex = |digits: &str| {
        matches!(digits.len(), 3 | 4 | 6 | 8) && digits.chars().all(|c| c.is_ascii_hexdigit())
    };
    let is_argument =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | ',' | '%' | '/' | '-' | '+');
    if let Some(digits) = text.strip_prefix('#') {
        return is_hex(digits);
    }
    match text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        Some((function, arguments)) => {
            COLOR_FUNCTIONS.contains(&function)
                && !arguments.is_empty()
                && arguments.chars().all(is_argument)
        }
        None => text.len() <= 30 && text.chars().all(|c| c.is_ascii_lowercase()),
    }
}

/// Accepts a path or an http(s) address. Rejects `//host` and `/\host`, which browsers read as
/// another host.
fn is_home_page(text: &str) -> bool {
    match text.strip_prefix('/') {
        Some(rest) => !rest.starts_with(['/', '\\']),
        None => Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn accepts(value_type: ValueType, values: &[&str]) {
        for value in values {
            assert!(value_type.check(value).is_ok(), "{value}");
        }
    }

    #[track_caller]
    fn refuses(value_type: ValueType, values: &[&str]) {
        for value in values {
            assert!(value_type.check(value).is_err(), "{value}");
        }
    }

    #[test]
    fn words_and_numbers_have_one_form() {
        accepts(ValueType::Boolean, &["true", "false"]);
        refuses(ValueType::Boolean, &["True", "1", "yes"]);
        accepts(ValueType::Integer { min: 1, max: 10 }, &["1", "10"]);
        refuses(ValueType::Integer { min: 1, max: 10 }, &["0", "11", "01", "+1", "1.0", "one"]);
        accepts(ValueType::Choice(&["a", "b"]), &["a", "b"]);
        refuses(ValueType::Choice(&["a", "b"]), &["A", "c"]);
    }

    #[test]
    fn a_colour_cannot_leave_its_declaration() {
        accepts(
            ValueType::Color,
            &["default", "#0e6b5e", "#fff", "oklch(0.645 0.246 16.439)", "rebeccapurple"],
        );
        refuses(
            ValueType::Color,
            &["#12", "red;}", "url(https://x)", "rgb(1,2,3) url(x)", "rgb(var(--x))", "rgb()"],
        );
    }

    #[test]
    fn a_home_page_is_here_or_on_the_web() {
        accepts(ValueType::HomePage, &["/", "/settings/account", "https://apps.example.com/"]);
        refuses(
            ValueType::HomePage,
            &["//evil.example", "/\\evil.example", "javascript:x", "home"],
        );
    }

    #[test]
    fn lists_are_json_in_one_form() {
        let claims = ValueType::Claims.check(r#"[ {"key": "team", "value": "red"} ]"#).unwrap();
        assert_eq!(claims, r#"[{"key":"team","value":"red"}]"#);
        refuses(
            ValueType::Claims,
            &[
                "team=red",
                r#"[{"key":"sub","value":"x"}]"#,
                r#"[{"key":"a","value":"1"},{"key":"a","value":"2"}]"#,
                r#"[{"key":"a","value":"1","more":1}]"#,
            ],
        );
        accepts(ValueType::GroupIds, &["[]", r#"["0197f0c4-0000-7000-8000-000000000000"]"#]);
        refuses(ValueType::GroupIds, &["staff", r#"["staff"]"#, "{}"]);
        accepts(ValueType::AddressPatterns, &[r#"["https://*.example.com/**"]"#]);
        refuses(ValueType::AddressPatterns, &["https://a.example", r#"["a.example"]"#]);
    }

    #[test]
    fn a_secret_is_kept_to_the_last_space() {
        assert_eq!(ValueType::Secret.check(" p w ").unwrap(), " p w ");
        refuses(ValueType::Secret, &["a\0b", &"x".repeat(1_025)]);
    }
}
