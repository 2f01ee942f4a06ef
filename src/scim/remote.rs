//! Answers of SCIM endpoints, read with patience: they may be wrong, and of any size that the caller
//! allows.

use serde::{
    Deserialize,
    de::{Deserializer, IgnoredAny},
};

/// The longest id that is accepted, in bytes.
const MAX_ID: usize = 256;
/// The longest part of an error that is repeated, in characters.
const MAX_DETAIL: usize = 200;

/// A page of a list (RFC 7644 §3.4.2).
#[derive(Debug, Deserialize)]
pub struct RemotePage {
    /// The number of all resources.
    #[serde(rename = "totalResults", default)]
    pub total: u64,
    /// The resources of this page. An endpoint may leave the list out when it is empty.
    #[serde(rename = "Resources", alias = "resources", default, deserialize_with = "or_empty")]
    pub resources: Vec<RemoteResource>,
}

/// A user or a group at the endpoint; of its attributes only those that decide.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoteResource {
    /// Its id there.
    #[serde(default, deserialize_with = "text")]
    pub id: Option<String>,
    /// The id that its creator gave it.
    #[serde(default, deserialize_with = "text")]
    pub external_id: Option<String>,
    /// The username of a user.
    #[serde(default, deserialize_with = "text")]
    pub user_name: Option<String>,
    /// The name of a group.
    #[serde(default, deserialize_with = "text")]
    pub display_name: Option<String>,
    /// Whether a user may use the application.
    #[serde(default, deserialize_with = "flag")]
    pub active: Option<bool>,
}

/// A value of any type. Some endpoints give numbers as ids, and flags as texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum AnyValue {
    Flag(bool),
    Number(serde_json::Number),
    Text(String),
    Other(IgnoredAny),
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match AnyValue::deserialize(deserializer)? {
        AnyValue::Text(text) if !text.is_empty() => Some(text),
        AnyValue::Number(number) => Some(number.to_string()),
        AnyValue::Flag(_) | AnyValue::Text(_) | AnyValue::Other(_) => None,
    })
}

fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match AnyValue::deserialize(deserializer)? {
        AnyValue::Flag(flag) => Some(flag),
        AnyValue::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        AnyValue::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        AnyValue::Number(_) | AnyValue::Text(_) | AnyValue::Other(_) => None,
    })
}

fn or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<RemoteResource>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Whether an id can be put into a path as one segment, and into our database.
pub fn is_usable_id(id: &str) -> bool {
    !matches!(id, "" | "." | "..") && id.len() <= MAX_ID && !id.chars().any(char::is_control)
}

/// Whether two usernames are the same to endpoints (RFC 7643 §4.1.1: ignoring case).
pub fn same_name(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// The sentence in an error (RFC 7644 §3.12), without control characters and not too long. `None`
/// if the body has none.
pub fn error_detail(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct ErrorMessage {
        detail: Option<String>,
    }
    let detail = serde_json::from_slice::<ErrorMessage>(body).ok()?.detail?;
    let printable = detail.replace(char::is_control, " ");
    let detail: String = printable.chars().take(MAX_DETAIL).collect();
    Some(detail.trim().to_owned()).filter(|detail| !detail.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(json: &str) -> RemotePage {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_list_is_read_whatever_its_resources_look_like() {
        let read = page(
            r#"{"totalResults":4,"Resources":[
                {"id":"a","externalId":"x","userName":"alice","active":true,"emails":[{"value":1}]},
                {"id":5,"externalId":null,"active":"False"},
                {"id":["a"],"externalId":"","userName":{},"active":1},
                {}]}"#,
        );
        let ids: Vec<_> = read.resources.iter().map(|one| one.id.as_deref()).collect();
        assert_eq!((read.total, ids), (4, vec![Some("a"), Some("5"), None, None]));
        let active: Vec<_> = read.resources.iter().map(|one| one.active).collect();
        assert_eq!(active, [Some(true), Some(false), None, None]);
        assert!(read.resources.iter().skip(1).all(|one| one.external_id.is_none()));
    }

    #[test]
    fn an_empty_list_may_be_missing_or_null() {
        for json in ["{}", r#"{"Resources":null}"#, r#"{"totalResults":0,"resources":[]}"#] {
            assert!(page(json).resources.is_empty(), "{json}");
        }
        for json in ["null", r#"{"Resources":5}"#, r#"{"totalResults":-1}"#, "<html>"] {
            assert!(serde_json::from_str::<RemotePage>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn an_id_that_would_leave_its_path_is_refused() {
        for bad in ["", ".", "..", "a\nb", "a\0", &"a".repeat(257)] {
            assert!(!is_usable_id(bad), "{bad:?}");
        }
        for good in ["a", "...", "a/../b", "5", "användare"] {
            assert!(is_usable_id(good), "{good}");
        }
    }

    #[test]
    fn an_error_is_told_without_its_control_characters() {
        let body = r#"{"schemas":[],"status":"409","detail":"taken\u001b[31m\nby bob "}"#;
        assert_eq!(error_detail(body.as_bytes()).as_deref(), Some("taken [31m by bob"));
        let long = format!(r#"{{"detail":"{}"}}"#, "x".repeat(5_000));
        assert_eq!(error_detail(long.as_bytes()).unwrap().len(), MAX_DETAIL);
        for body in ["", "{}", r#"{"detail":5}"#, r#"{"detail":"\n"}"#] {
            assert_eq!(error_detail(body.as_bytes()), None, "{body}");
        }
    }
}
