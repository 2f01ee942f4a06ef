//! Webhooks: addresses that are told of events of the audit log (Standard Webhooks 1.0).

use serde::{Deserialize, Serialize};

use super::{
    EventKind, Timestamp, WebhookId,
    text::{TextError, is_web_address, text_type},
};

text_type! {
    /// The name of a webhook.
    WebhookName, 1, 100
}

/// The address of a receiver, http or https.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(transparent)]
pub struct WebhookUrl(String);

impl std::str::FromStr for WebhookUrl {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        if text.is_empty() {
            return Err(TextError::required());
        }
        let invalid = || TextError::format("must be an http:// or https:// address");
        let url = url::Url::parse(text).ok().filter(|_| is_web_address(text));
        let url = url.ok_or_else(invalid)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TextError::format("must not contain a username or a password"));
        }
        if url.fragment().is_some() {
            return Err(TextError::format("must not contain a fragment (#)"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl WebhookUrl {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its scheme, host and port: the path and the query of some receivers are secret.
    pub fn origin(&self) -> String {
        url::Url::parse(&self.0).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }
}

/// The kinds of events that a webhook is told of. An empty one stands for every kind.
///
/// Kinds of other versions are kept as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(transparent)]
pub struct EventFilter(Vec<String>);

impl EventFilter {
    /// A filter of these kinds, in the order of their names.
    pub fn of(kinds: &[EventKind]) -> Self {
        let mut names: Vec<_> = kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
        names.sort_unstable();
        names.dedup();
        Self(names)
    }

    /// Reads names of kinds. Fails with the first one that does not exist.
    pub fn parse(names: &[String]) -> Result<Self, TextError> {
        let kinds: Result<Vec<_>, _> = names
            .iter()
            .map(|name| EventKind::parse(name.trim()).ok_or_else(|| unknown_kind(name)))
            .collect();
        kinds.map(|kinds| Self::of(&kinds))
    }

    /// Whether it lets a kind through.
    pub fn includes(&self, kind: EventKind) -> bool {
        self.0.is_empty() || self.0.iter().any(|name| name == kind.as_str())
    }

    /// The names of the kinds; none for every kind.
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

fn unknown_kind(name: &str) -> TextError {
    let shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
    TextError {
        code: "invalid_value",
        message: format!("has no kind of event with the name {shown}"),
    }
}

/// A webhook.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Its name.
    pub name: WebhookName,
    /// The address of the receiver.
    pub url: WebhookUrl,
    /// The kinds of events that it is told of.
    pub events: EventFilter,
    /// Whether events are sent.
    pub is_enabled: bool,
    /// The secret that signs, sealed under the encryption key. `None` when that was lost.
    pub sealed_secret: Option<Vec<u8>>,
    /// The secret before it, sealed, and until when it signs, too.
    pub previous: Option<PreviousSecret>,
    /// When the receiver answered that it is gone, which disabled the webhook.
    pub gone_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// The last deliveries.
    pub deliveries: DeliveryRecord,
}

/// A secret that was replaced.
#[derive(Debug, Clone)]
pub struct PreviousSecret {
    /// The secret, sealed under the encryption key.
    pub sealed: Vec<u8>,
    /// Until when it signs.
    pub until: Timestamp,
}

/// The outcome of the last deliveries of a webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryRecord {
    /// The last success.
    pub last_delivered_at: Option<Timestamp>,
    /// The last failure.
    pub last_failed_at: Option<Timestamp>,
    /// Why the last attempt failed; `None` after a success.
    pub last_error: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_password_and_no_fragment() {
        for url in ["https://a.example.com/hook?token=1", "http://10.0.0.1:8080/"] {
            assert!(url.parse::<WebhookUrl>().is_ok(), "{url}");
        }
        for url in [
            "",
            "a.example.com",
            "ftp://a.example.com",
            "https://u:p@a.example.com/",
            "https://u@a.example.com/",
            "https://a.example.com/#x",
            "https://a.example.com/ x",
            "https://",
        ] {
            assert!(url.parse::<WebhookUrl>().is_err(), "{url}");
        }
    }

    #[test]
    fn the_origin_leaves_out_what_may_be_secret() {
        let url: WebhookUrl = "https://a.example.com:8443/hook/abc?token=1".parse().unwrap();
        assert_eq!(url.origin(), "https://a.example.com:8443");
    }

    #[test]
    fn an_empty_filter_lets_every_kind_through_and_another_one_its_own() {
        assert!(EventFilter::default().includes(EventKind::SignIn));
        let filter = EventFilter::parse(&["sign_in".to_owned(), "SIGN_IN".to_owned()]).unwrap();
        assert_eq!(filter.names(), ["SIGN_IN"]);
        assert!(filter.includes(EventKind::SignIn) && !filter.includes(EventKind::ApiChanged));
        assert!(EventFilter::parse(&["NOTHING".to_owned()]).is_err());
    }

    /// A kind that this version does not know must not turn a filter into one of every kind.
    #[test]
    fn a_filter_of_another_version_is_kept() {
        let filter: EventFilter = serde_json::from_str(r#"["FROM_ANOTHER_VERSION"]"#).unwrap();
        assert!(!filter.includes(EventKind::SignIn));
    }
}
