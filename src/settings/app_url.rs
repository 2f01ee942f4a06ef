//! `APP_URL`: the public address of the provider.

use std::{fmt, str::FromStr};

use url::{Host, Url};

/// An origin: scheme, host and port, in lower case and without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppUrl {
    text: String,
    url: Url,
}

impl AppUrl {
    /// The text, which is the issuer identifier (OIDC Discovery §3).
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The parsed form.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The host name, which is the Relying Party ID of our passkeys (WebAuthn L3 §5.1.2).
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Whether browsers reach it over TLS.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether a `Host` or an `:authority` names it. The usual port may be left out.
    pub fn is_named_by(&self, authority: &str) -> bool {
        let named = Url::parse(&format!("{}://{authority}", self.url.scheme()));
        named.is_ok_and(|named| named.origin() == self.url.origin())
    }

    /// Returns the address of a path. The path starts with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// Whether browsers allow passkeys on it: they require https, or http on localhost, and never
    /// an IP address (WebAuthn L3 §5.1.2: the Relying Party ID is a domain).
    pub fn allows_passkeys(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => {
                self.is_https() || name == "localhost" || name.ends_with(".localhost")
            }
            _ => false,
        }
    }
}

impl Default for AppUrl {
    fn default() -> Self {
        "http://localhost:1411".parse().expect("the default address is valid")
    }
}

impl FromStr for AppUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim().to_lowercase();
        let url = Url::parse(text.trim_end_matches('/'))
            .map_err(|_| "is not an address such as https://id.example.com".to_owned())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("does not start with http:// or https://".into());
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err("has no host name".into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("contains a username or password".into());
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err("must not contain a path; give the provider a host name of its own".into());
        }
        Ok(Self { text: url.as_str().trim_end_matches('/').to_owned(), url })
    }
}

impl fmt::Display for AppUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_folded_to_an_origin() {
        for (given, read) in [
            ("https://ID.example.com/", "https://id.example.com"),
            ("http://localhost:1411", "http://localhost:1411"),
            ("https://id.example.com:443", "https://id.example.com"),
        ] {
            assert_eq!(given.parse::<AppUrl>().unwrap().as_str(), read);
        }
    }

    #[test]
    fn what_is_not_an_origin_is_refused() {
        for text in [
            "",
            "id.example.com",
            "ftp://x",
            "https://",
            "https://x/path",
            "https://x?q",
            "https://x#f",
            "https://user@x",
        ] {
            assert!(text.parse::<AppUrl>().is_err(), "{text}");
        }
    }

    #[test]
    fn passkeys_need_https_or_this_machine_and_a_name() {
        let allows = |text: &str| text.parse::<AppUrl>().unwrap().allows_passkeys();
        assert!(allows("https://id.example.com"));
        assert!(allows("http://localhost:1411"));
        assert!(!allows("http://id.example.com"));
        assert!(!allows("https://192.168.1.1"));
        assert!(!allows("http://127.0.0.1:1411"));
    }
}
