//! The client data of a ceremony, which the browser collects (WebAuthn L3 §5.8.1).

use serde::Deserialize;

use super::base64::Base64;

/// The members that this server reads before the library verifies the rest.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClientData {
    challenge: Base64,
    #[serde(default)]
    cross_origin: Option<bool>,
    #[serde(default)]
    top_origin: Option<String>,
}

impl ClientData {
    /// Parses the JSON.
    pub(super) fn parse(json: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(json)
    }

    /// The challenge, which identifies the ceremony.
    pub(super) fn challenge(&self) -> &[u8] {
        &self.challenge.0
    }

    /// Whether the answer is from a page of ours that is not in a frame of another site.
    ///
    /// WebAuthn L3 §7.1 steps 10 and 11, and the same in §7.2: a Relying Party that does not expect
    /// to be framed refuses `crossOrigin`, and every unexpected `topOrigin`. Our pages forbid
    /// frames.
    pub(super) fn is_of_own_page(&self, origins: &[String]) -> bool {
        self.cross_origin != Some(true)
            && self.top_origin.as_deref().is_none_or(|top| origins.iter().any(|own| own == top))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn is_of_own_page(mut members: Value) -> bool {
        members["challenge"] = json!("AAAA");
        let data = ClientData::parse(members.to_string().as_bytes()).unwrap();
        data.is_of_own_page(&["https://id.example.com".to_owned()])
    }

    #[test]
    fn a_page_in_a_frame_of_another_site_is_not_ours() {
        let (ours, foreign) = ("https://id.example.com", "https://evil.example.com");
        assert!(is_of_own_page(json!({})));
        assert!(is_of_own_page(json!({"crossOrigin": null})));
        assert!(is_of_own_page(json!({"crossOrigin": false, "topOrigin": ours})));
        assert!(!is_of_own_page(json!({"crossOrigin": true})));
        assert!(!is_of_own_page(json!({"crossOrigin": true, "topOrigin": ours})));
        assert!(!is_of_own_page(json!({"crossOrigin": false, "topOrigin": foreign})));
        assert!(!is_of_own_page(json!({"topOrigin": foreign})));
    }

    #[test]
    fn what_names_no_challenge_or_one_twice_is_refused() {
        for json in ["{}", "[]", "", r#"{"challenge":1}"#, r#"{"challenge":"AA","challenge":"BB"}"#]
        {
            assert!(ClientData::parse(json.as_bytes()).is_err(), "{json}");
        }
    }
}
