//! The address of an application.

use std::{fmt, str::FromStr};

use url::Url;

/// The URL of an application, without a trailing slash.
///
/// It is written into files of many languages and into callback URLs, so it contains no character
/// with a special meaning in any of them: no quotes, no `$`, and no `*`, which would be a wildcard.
#[derive(Debug, Clone)]
pub struct AppAddress {
    text: String,
    host: String,
}

impl AppAddress {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host in it, without a port.
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl FromStr for AppAddress {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const RULE: &str = "must be an address such as https://app.example.com or \
                            https://example.com/app, without user, query and fragment";
        let url = Url::parse(text.trim()).map_err(|_| RULE)?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]%".contains(c);
        let text = url.as_str().trim_end_matches('/');
        match url.host_str() {
            Some(host)
                if matches!(url.scheme(), "http" | "https") && text.chars().all(is_plain) =>
            {
                Ok(Self { text: text.to_owned(), host: host.to_owned() })
            }
            _ => Err(RULE),
        }
    }
}

impl fmt::Display for AppAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_slash_at_its_end() {
        let address: AppAddress = "https://Example.com:8443/app/".parse().unwrap();
        assert_eq!(address.as_str(), "https://example.com:8443/app");
        assert_eq!(address.host(), "example.com");
    }

    #[test]
    fn what_means_something_in_a_file_or_a_pattern_is_refused() {
        for bad in [
            "",
            "app.example.com",
            "ftp://app.example.com",
            "https://me:pw@app.example.com",
            "https://app.example.com/?x=1",
            "https://app.example.com/#x",
            "https://*.example.com",
            "https://app.example.com/a'b",
            "https://app.example.com/$HOME",
            "https://app.example.com/a;b",
            "javascript:alert(1)",
        ] {
            assert!(bad.parse::<AppAddress>().is_err(), "{bad}");
        }
    }
}
