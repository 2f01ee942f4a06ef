//! Answers of SCIM endpoints, read with patience: they may be wrong, and of any size that the caller
//! allows.

use std::fmt;

use serde::{
    Deserialize,
    de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// The most resources of a page: it is asked for a thousand, and some endpoints give all at once.
const MAX_PAGE: usize = 30_000;
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
enum AnyValue {
    Flag(bool),
    Other,
    Text(String),
}

impl<'de> Deserialize<'de> for AnyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyVisitor)
    }
}

/// Reads lists and objects without keeping them: they may be large.
struct AnyVisitor;

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = AnyValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<AnyValue, E> {
        Ok(AnyValue::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<AnyValue, E> {
        Ok(AnyValue::Text(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<AnyValue, E> {
        Ok(AnyValue::Text(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<AnyValue, E> {
        Ok(AnyValue::Text(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<AnyValue, E> {
        Ok(AnyValue::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<AnyValue, E> {
        Ok(AnyValue::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<AnyValue, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(AnyValue::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<AnyValue, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(AnyValue::Other)
    }
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match AnyValue::deserialize(deserializer)? {
        AnyValue::Text(text) if !text.is_empty() => Some(text),
        AnyValue::Flag(_) | AnyValue::Other | AnyValue::Text(_) => None,
    })
}

fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match AnyValue::deserialize(deserializer)? {
        AnyValue::Flag(flag) => Some(flag),
        AnyValue::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        AnyValue::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        AnyValue::Other | AnyValue::Text(_) => None,
    })
}

fn or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<RemoteResource>, D::Error> {
    deserializer.deserialize_any(PageVisitor)
}

/// Reads the resources of a page, up to a bound: 8 MiB are millions of empty resources.
struct PageVisitor;

impl<'de> Visitor<'de> for PageVisitor {
    type Value = Vec<RemoteResource>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {MAX_PAGE} resources")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut resources = Vec::new();
        while let Some(resource) = list.next_element()? {
            if resources.len() >= MAX_PAGE {
                return Err(A::Error::invalid_length(resources.len() + 1, &self));
            }
            resources.push(resource);
        }
        Ok(resources)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
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
/// if the body has none. `secret` is left out, if the endpoint repeats it: before the sentence is cut, since a
/// part of a secret would not be found any more.
pub fn error_detail(body: &[u8], secret: Option<&str>) -> Option<String> {
    #[derive(Deserialize)]
    struct ErrorMessage {
        detail: Option<String>,
    }
    let detail = serde_json::from_slice::<ErrorMessage>(body).ok()?.detail?;
    let detail = match secret.filter(|secret| !secret.is_empty()) {
        Some(secret) => detail.replace(secret, "…"),
        None => detail,
    };
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
        assert_eq!(error_detail(body.as_bytes(), None).as_deref(), Some("taken [31m by bob"));
        let long = format!(r#"{{"detail":"{}"}}"#, "x".repeat(5_000));
        assert_eq!(error_detail(long.as_bytes(), None).unwrap().len(), MAX_DETAIL);
        for body in ["", "{}", r#"{"detail":5}"#, r#"{"detail":"\n"}"#] {
            assert_eq!(error_detail(body.as_bytes(), None), None, "{body}");
        }
    }

    #[test]
    fn a_secret_is_left_out_of_an_error_before_it_is_cut() {
        let secret = "token-of-the-application";
        for before in 0..=MAX_DETAIL {
            let body = format!(r#"{{"detail":"{}{secret} was refused"}}"#, "x".repeat(before));
            let told = error_detail(body.as_bytes(), Some(secret)).unwrap();
            assert!(!told.contains("tok"), "{told}");
            assert!(told.chars().count() <= MAX_DETAIL);
        }
        assert_eq!(error_detail(br#"{"detail":"no"}"#, Some("")).as_deref(), Some("no"));
    }

    #[test]
    fn a_page_of_very_many_resources_is_not_read_to_its_end() {
        let page = |count: usize| format!(r#"{{"Resources":[{}{{}}]}}"#, "{},".repeat(count - 1));
        let read = |json: &str| serde_json::from_str::<RemotePage>(json).map(|p| p.resources.len());
        assert_eq!(read(&page(MAX_PAGE)).unwrap(), MAX_PAGE);
        let fault = read(&page(2_800_000)).unwrap_err();
        assert!(fault.to_string().contains("expected at most 30000 resources"), "{fault}");
        assert!(fault.column() < 100_000, "it was read to {}", fault.column());
        // Nor is anything kept of a list in the place of an id.
        let odd = format!(r#"{{"Resources":[{{"id":[{}0],"active":{{"a":1}}}}]}}"#, "0,".repeat(9));
        let odd: RemotePage = serde_json::from_str(&odd).unwrap();
        assert_eq!((&odd.resources[0].id, odd.resources[0].active), (&None, None));
    }
}
