//! Names of attributes: `userName`, `name.givenName`, with or without the URN of their schema
//! (RFC 7644 §3.10).

use super::{GROUP_SCHEMA, USER_SCHEMA};

/// The name of an attribute, in lower case: names ignore case (RFC 7643 §2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributePath {
    /// The attribute. One of a schema that is not ours keeps its URN, so that it is none of ours.
    pub name: String,
    /// Its sub-attribute.
    pub sub: Option<String>,
}

impl AttributePath {
    /// Reads a name; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        if !starts_with_urn(text) {
            return Self::of_core(text);
        }
        let is_ours = |schema: &str| {
            [USER_SCHEMA, GROUP_SCHEMA].iter().any(|ours| ours.eq_ignore_ascii_case(schema))
        };
        match text.rsplit_once(':') {
            Some((schema, name)) if is_ours(schema) => Self::of_core(name),
            _ => text
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"\"[]()".contains(&byte))
                .then(|| Self { name: text.to_ascii_lowercase(), sub: None }),
        }
    }

    fn of_core(text: &str) -> Option<Self> {
        let (name, sub) = match text.split_once('.') {
            Some((name, sub)) => (name, Some(sub)),
            None => (text, None),
        };
        let all_are_names = is_name(name) && sub.is_none_or(is_name);
        let lower = str::to_ascii_lowercase;
        all_are_names.then(|| Self { name: lower(name), sub: sub.map(lower) })
    }

    /// Whether it is this attribute, or a sub-attribute of it. The name is in lower case.
    pub fn is(&self, name: &str, sub: Option<&str>) -> bool {
        self.name == name && self.sub.as_deref() == sub
    }
}

fn starts_with_urn(text: &str) -> bool {
    text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"))
}

/// RFC 7643 §2.1: a letter, then letters, digits, hyphens and underscores; and `$ref`.
pub(super) fn is_name(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.strip_prefix('$')
        .unwrap_or(text)
        .bytes()
        .enumerate()
        .all(|(place, byte)| if place == 0 { byte.is_ascii_alphabetic() } else { is_inner(byte) })
        && !matches!(text, "" | "$")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let path = AttributePath::parse(text)?;
        Some(format!("{}/{}", path.name, path.sub.unwrap_or_default()))
    }

    #[test]
    fn a_name_is_read_with_and_without_its_schema() {
        for (text, name) in [
            ("userName", "username/"),
            ("NAME.familyName", "name/familyname"),
            ("members.$ref", "members/$ref"),
            ("urn:ietf:params:scim:schemas:core:2.0:User:name.givenName", "name/givenname"),
            ("URN:IETF:params:scim:schemas:core:2.0:group:displayName", "displayname/"),
        ] {
            assert_eq!(read(text).as_deref(), Some(name), "{text}");
        }
        let other = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
        assert_eq!(read(other), Some(format!("{}/", other.to_ascii_lowercase())));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", ".", "a.", ".a", "a.b.c", "1a", "a b", "a[b]", "é", "$", "a\"", "a:b"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
