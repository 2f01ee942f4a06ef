//! For which authorization servers elsewhere a client gets assertions about its users
//! (draft-ietf-oauth-identity-assertion-authz-grant).

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize, Serializer};
use url::Url;

use super::{
    Resource,
    rules::fault_of,
    scope::is_scope_token,
    text::{TextError, bounded, is_protected_address},
};

/// The issuer of an authorization server elsewhere (RFC 8414 §2), as that server spells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionAudience(String);

/// The id of a client at a server elsewhere (RFC 6749 §2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignClientId(String);

/// A scope that means something to a server elsewhere (RFC 6749 §3.3). Its words have no order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForeignScope {
    words: BTreeSet<String>,
    text: String,
}

/// The identifiers of resources of a server elsewhere (RFC 8707 §2), as that server spells them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForeignResources {
    uris: Vec<String>,
    text: String,
}

/// An authorization server elsewhere for which an administrator lets a client get assertions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(try_from = "Given", rename_all = "camelCase")]
pub struct AssertionRule {
    /// The issuer of that server.
    #[serde(serialize_with = "as_text")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub audience: AssertionAudience,
    /// The id that the client has there.
    #[serde(serialize_with = "as_text")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub client_id: ForeignClientId,
    /// The most that an assertion may be for, separated by spaces. Empty leaves it to that server.
    #[serde(serialize_with = "as_text")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub scope: ForeignScope,
    /// The resources that an assertion may be for. An empty list leaves it to that server.
    #[serde(serialize_with = "as_list")]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub resources: ForeignResources,
}

/// The fields as they are given.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "AssertionRule"))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Given {
    /// The issuer of the other authorization server.
    audience: String,
    /// The id that the client has there.
    client_id: String,
    /// The most that an assertion may be for, separated by spaces. Empty leaves it to that server.
    #[serde(default)]
    scope: String,
    /// The resources that an assertion may be for. An empty list leaves it to that server.
    #[serde(default)]
    resources: Vec<String>,
}

impl TryFrom<Given> for AssertionRule {
    type Error = TextError;

    fn try_from(given: Given) -> Result<Self, TextError> {
        let named = |field: &'static str| {
            move |error: TextError| TextError {
                message: format!("has a wrong {field}, which {}", error.message),
                ..error
            }
        };
        Ok(Self {
            audience: given.audience.parse().map_err(named("audience"))?,
            client_id: given.client_id.parse().map_err(named("clientId"))?,
            scope: given.scope.parse().map_err(named("scope"))?,
            resources: ForeignResources::of(&given.resources).map_err(named("resource"))?,
        })
    }
}

impl AssertionRule {
    /// Whether both are about the same server: a client has one rule for it.
    pub fn is_about_same(&self, other: &Self) -> bool {
        self.audience.is(other.audience.as_str())
    }

    /// Why these cannot be the rules of one client.
    pub fn fault_of(rules: &[Self]) -> Option<&'static str> {
        fault_of(rules, Self::is_about_same, "has two entries for the same audience")
    }
}

impl AssertionAudience {
    /// Longest issuer.
    const MAX: usize = 350;

    /// The text on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether another spelling means the same server: slashes at the end make no other one.
    pub fn is(&self, issuer: &str) -> bool {
        is_same(&self.0, issuer)
    }
}

impl FromStr for AssertionAudience {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = bounded(text, 1, Self::MAX)?;
        let is_issuer = Url::parse(&text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        });
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if is_issuer && is_plain && is_protected_address(&text) {
            Ok(Self(text))
        } else {
            let rule = "must be an issuer such as https://auth.example.com: with https, or on this \
                        machine, and without ? and #";
            Err(TextError::format(rule))
        }
    }
}

impl ForeignClientId {
    /// Longest id.
    const MAX: usize = 500;

    /// The text on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ForeignClientId {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = bounded(text.trim(), 1, Self::MAX)?;
        // RFC 6749 appendix A.1: client-id = *VSCHAR
        if text.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
            Ok(Self(text))
        } else {
            Err(TextError::format("must only contain printable ASCII characters"))
        }
    }
}

impl ForeignScope {
    /// Longest scope.
    const MAX: usize = 1_000;

    /// The text on the wire.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it has no words.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether it has all words of another one.
    pub fn covers(&self, other: &Self) -> bool {
        other.words.is_subset(&self.words)
    }
}

impl FromStr for ForeignScope {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = bounded(text, 0, Self::MAX)?;
        let words: BTreeSet<String> =
            text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        if !words.iter().all(|word| is_scope_token(word)) {
            let rule = "must only contain ASCII letters, digits and symbols other than \" and \\";
            return Err(TextError::format(rule));
        }
        let text = words.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        Ok(Self { words, text })
    }
}

impl ForeignResources {
    /// The most resources of a rule.
    const MAX: usize = 10;
    /// Longest resource, as for an API of ours.
    const MAX_LENGTH: usize = 350;

    /// Reads a list.
    pub fn of(texts: &[String]) -> Result<Self, TextError> {
        let mut uris: Vec<String> = Vec::new();
        for text in texts {
            // An API of ours is held to the same rules, but loses its slashes at the end.
            text.parse::<Resource>()?;
            bounded(text, 1, Self::MAX_LENGTH)?;
            if !uris.iter().any(|uri| is_same(uri, text)) {
                uris.push(text.clone());
            }
        }
        if uris.len() > Self::MAX {
            return Err(TextError::format("must be one of 10 at most"));
        }
        uris.sort();
        Ok(Self { text: uris.join(" "), uris })
    }

    /// The text in the database: separated by spaces, which no URI has.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The identifiers.
    pub fn uris(&self) -> &[String] {
        &self.uris
    }

    /// The one that another spelling means: slashes at the end make no other one.
    pub fn find(&self, uri: &str) -> Option<&str> {
        self.uris.iter().map(String::as_str).find(|one| is_same(one, uri))
    }
}

fn is_same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

impl FromStr for ForeignResources {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let uris: Vec<String> =
            text.split(' ').filter(|uri| !uri.is_empty()).map(str::to_owned).collect();
        Self::of(&uris)
    }
}

macro_rules! displayed {
    ($($name:ident),+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )+};
}

displayed!(AssertionAudience, ForeignClientId, ForeignResources, ForeignScope);

fn as_text<S: Serializer>(value: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn as_list<S: Serializer>(value: &ForeignResources, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(&value.uris)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(changes: &Value) -> Result<AssertionRule, String> {
        let mut rule = json!({"audience": "https://auth.example.com", "clientId": "wiki"});
        let fields = rule.as_object_mut().unwrap();
        for (name, value) in changes.as_object().unwrap() {
            fields.insert(name.clone(), value.clone());
        }
        serde_json::from_value(rule).map_err(|error| error.to_string())
    }

    /// RFC 8414 §2.
    #[test]
    fn an_audience_is_an_issuer_that_nobody_on_the_way_can_stand_for() {
        let long = format!("https://a.example.com/{}", "a".repeat(350));
        for (audience, is_good) in [
            ("https://auth.example.com", true),
            ("https://auth.example.com/tenants/7/", true),
            ("http://localhost:8080", true),
            ("http://127.0.0.1", true),
            ("http://[::1]:1", true),
            ("http://auth.example.com", false),
            ("https://auth.example.com?a=b", false),
            ("https://auth.example.com#a", false),
            ("https://u:p@auth.example.com", false),
            ("https://auth.example.com/a b", false),
            ("urn:example:auth", false),
            ("ftp://localhost", false),
            ("auth.example.com", false),
            ("", false),
            (&long, false),
        ] {
            assert_eq!(read(&json!({"audience": audience})).is_ok(), is_good, "{audience}");
        }
    }

    #[test]
    fn texts_are_bounded_and_of_the_characters_of_rfc_6749() {
        for bad in [
            json!({"clientId": ""}),
            json!({"clientId": "é"}),
            json!({"clientId": "a".repeat(501)}),
            json!({"scope": "a\"b"}),
            json!({"scope": "é"}),
            json!({"scope": "a".repeat(1_001)}),
            json!({"resources": ["api"]}),
            json!({"resources": ["https://a/#b"]}),
            json!({"resources": ["https://a b"]}),
            json!({"resources": (0..11).map(|n| format!("https://{n}")).collect::<Vec<_>>()}),
            json!({"resources": "https://a"}),
            json!({"other": 1}),
        ] {
            assert!(read(&bad).is_err(), "{bad}");
        }
        let rule = read(&json!({
            "scope": "write  openid read read", "resources": ["https://b/", "https://a", "https://b"],
        }));
        assert_eq!(
            serde_json::to_value(rule.unwrap()).unwrap(),
            json!({
                "audience": "https://auth.example.com", "clientId": "wiki",
                "scope": "openid read write", "resources": ["https://a", "https://b/"],
            })
        );
    }

    #[test]
    fn a_client_has_one_rule_for_a_server() {
        let fault = |audiences: &[&str]| {
            let rules: Vec<_> =
                audiences.iter().map(|one| read(&json!({"audience": one})).unwrap()).collect();
            AssertionRule::fault_of(&rules)
        };
        assert_eq!(fault(&["https://a", "https://b"]), None);
        assert!(fault(&["https://a", "https://a/"]).is_some());
        let many: Vec<String> = (0..51).map(|n| format!("https://{n}.example.com")).collect();
        assert!(fault(&many.iter().map(String::as_str).collect::<Vec<_>>()).is_some());
    }
}
