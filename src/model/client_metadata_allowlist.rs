//! The allowlist for clients with a metadata document.

use std::str::FromStr;

use super::{
    ClientId,
    redirect_uri::{RedirectUri, RedirectUriPattern},
};

/// URL patterns of the metadata documents that clients may use as their id (Pocket ID 2.14). Empty
/// by default.
#[derive(Debug, Clone, Default)]
pub struct ClientMetadataAllowlist(Vec<RedirectUriPattern>);

impl ClientMetadataAllowlist {
    /// Whether it allows no client.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a client may use this URL as its id.
    pub fn allows(&self, id: &ClientId) -> bool {
        let is_allowed = |uri: RedirectUri| self.0.iter().any(|pattern| pattern.matches(&uri));
        id.is_url() && id.as_str().parse().is_ok_and(is_allowed)
    }
}

impl FromStr for ClientMetadataAllowlist {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let texts: Vec<String> = serde_json::from_str(text).map_err(|_| {
            "is not a JSON array of addresses, such as [\"https://*.example.com/**\"]".to_owned()
        })?;
        let parse = |text: &String| text.parse().map_err(|error| format!("has {text:?}: {error}"));
        texts.iter().map(parse).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_that_describe_themselves_are_allowed_by_their_address() {
        let allows = |list: &str, id: &str| {
            let list: ClientMetadataAllowlist = list.parse().unwrap();
            list.allows(&id.parse().unwrap())
        };
        let id = "https://app.example.com/client.json";
        assert!(allows(r#"["https://other.example/**", "https://*.example.com/**"]"#, id));
        assert!(allows(r#"["*"]"#, id));
        assert!(!allows(r#"["*"]"#, "linkding"));
        assert!(!allows(
            r#"["https://*.example.com/**"]"#,
            "https://evil.example/app.example.com/"
        ));
        assert!(!allows(r#"["https://app.example.com/"]"#, id));
        assert!(!allows("[]", id));
        assert!(!ClientMetadataAllowlist::default().allows(&id.parse().unwrap()));
    }

    #[test]
    fn what_is_no_list_of_addresses_is_refused() {
        for wrong in ["https://app.example.com/", "{}", "[1]", r#"["app.example.com"]"#] {
            assert!(wrong.parse::<ClientMetadataAllowlist>().is_err(), "{wrong}");
        }
    }
}
