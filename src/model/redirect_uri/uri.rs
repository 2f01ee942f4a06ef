//! Redirect URIs as sent by clients.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use url::{Host, Url};

use super::{MAX_LEN, REFUSED_SCHEMES, is_forbidden_char, scheme::is_web};

/// A redirect URI sent by a client: absolute, safe in its form, stored byte for byte.
#[derive(Clone, PartialEq, Eq)]
pub struct RedirectUri {
    given: String,
    /// The URI as a browser parses it.
    url: Url,
}

/// Why a browser may not be redirected to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriError {
    #[error("redirect URI can be read as leading to two different hosts")]
    Ambiguous,
    #[error("redirect URI contains white space or a control character")]
    ForbiddenCharacter,
    #[error("redirect URI contains a fragment (`#`)")]
    Fragment,
    #[error("redirect URI contains an invalid host name")]
    InvalidHost,
    #[error("redirect URI is not a valid URL")]
    Malformed,
    #[error("redirect URI is not absolute: it must start with a scheme, such as `https://`")]
    NotAbsolute,
    #[error("redirect URI is not registered for this client")]
    NotRegistered,
    #[error("redirect URI has a scheme that makes the browser run or read something by itself")]
    RefusedScheme,
    #[error("redirect URI is longer than {MAX_LEN} bytes")]
    TooLong,
}

impl FromStr for RedirectUri {
    type Err = RedirectUriError;

    /// Reads the `redirect_uri` of an authorization request. It must not have a fragment (RFC 6749
    /// §3.1.2), because the response may be returned there.
    fn from_str(given: &str) -> Result<Self, RedirectUriError> {
        if given.contains('#') {
            return Err(RedirectUriError::Fragment);
        }
        Self::parse_post_logout(given)
    }
}

impl RedirectUri {
    /// Reads a `post_logout_redirect_uri`, which may have a fragment (RP-Initiated Logout §2).
    pub fn parse_post_logout(given: &str) -> Result<Self, RedirectUriError> {
        if given.len() > MAX_LEN {
            return Err(RedirectUriError::TooLong);
        }
        if given.contains(is_forbidden_char) {
            return Err(RedirectUriError::ForbiddenCharacter);
        }
        let url = Url::parse(given).map_err(|error| match error {
            url::ParseError::RelativeUrlWithoutBase => RedirectUriError::NotAbsolute,
            _ => RedirectUriError::Malformed,
        })?;
        if REFUSED_SCHEMES.contains(&url.scheme()) {
            return Err(RedirectUriError::RefusedScheme);
        }
        check_authority(given, &url)?;
        Ok(Self { given: given.to_owned(), url })
    }

    /// The URI as the client sent it.
    pub fn as_str(&self) -> &str {
        &self.given
    }

    /// Whether data sent there crosses a network unencrypted.
    pub fn is_insecure_http(&self) -> bool {
        let stays_here = match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address == Ipv4Addr::LOCALHOST,
            Some(Host::Ipv6(address)) => address == Ipv6Addr::LOCALHOST,
            None => false,
        };
        self.url.scheme() == "http" && !stays_here
    }

    /// Returns the source expressions for the `form-action` directive of a page whose form goes
    /// there (CSP3 §2.3.1). They contain schemes, but no host. Browsers also check the redirects
    /// after a form, and an application may redirect from its callback URL to another host.
    pub fn form_action_sources(&self) -> String {
        match self.url.scheme() {
            "https" => "https:".to_owned(),
            other => format!("https: {other}:"),
        }
    }

    /// The destination, to show to the user: host and port of a web address, else the address
    /// without its query.
    pub fn destination(&self) -> String {
        match (self.url.host(), self.url.port()) {
            (Some(host), Some(port)) if self.url.is_special() => format!("{host}:{port}"),
            (Some(host), None) if self.url.is_special() => host.to_string(),
            _ => {
                self.given.split(['?', '#']).next().unwrap_or_default().chars().take(200).collect()
            }
        }
    }

    /// The destination without private parts: scheme, host and port only.
    fn origin(&self) -> String {
        let scheme = self.url.scheme();
        match (self.url.host(), self.url.port()) {
            (Some(host), Some(port)) if self.url.is_special() => {
                format!("{scheme}://{host}:{port}")
            }
            (Some(host), None) if self.url.is_special() => format!("{scheme}://{host}"),
            _ => format!("{scheme}:"),
        }
    }

    /// The URI as a browser parses it.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Whether a lone wildcard matches it: `http` or `https`, without user info, and with only one
    /// reading for all parsers.
    pub(super) fn is_plain_web_address(&self) -> bool {
        let has_user = !self.url.username().is_empty() || self.url.password().is_some();
        is_web(self.url.scheme()) && !has_user && !self.has_backslash()
    }

    pub(super) fn has_backslash(&self) -> bool {
        self.given.contains('\\')
    }

    /// Whether its path contains dot segments, which a browser resolves.
    pub(super) fn has_dot_segments(&self) -> bool {
        let rest = &self.given[self.url.scheme().len() + 1..];
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        rest.split(['/', '\\']).any(|segment| {
            let plain = segment.to_ascii_lowercase().replace("%2e", ".");
            plain == "." || plain == ".."
        })
    }

    /// Whether it is an http address of the user's own machine, by loopback IP address.
    pub(super) fn is_loopback_address(&self) -> bool {
        self.url.scheme() == "http"
            && match self.url.host() {
                Some(Host::Ipv4(address)) => address.is_loopback(),
                Some(Host::Ipv6(address)) => address.is_loopback(),
                _ => false,
            }
    }

    /// Whether it is an http address of the user's own machine, by loopback IP address or as
    /// `localhost`.
    pub(super) fn is_loopback(&self) -> bool {
        let is_localhost = self.url.host() == Some(Host::Domain("localhost"));
        self.is_loopback_address() || (self.url.scheme() == "http" && is_localhost)
    }
}

/// Shows only the destination: the path and the query are not for logs.
impl fmt::Debug for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RedirectUri").field(&self.origin()).finish()
    }
}

/// Rejects URIs in which browsers and RFC 3986 parsers see different hosts.
fn check_authority(given: &str, url: &Url) -> Result<(), RedirectUriError> {
    let after_scheme = &given[url.scheme().len() + 1..];
    let Some(rest) = after_scheme.strip_prefix("//") else {
        // Browsers also read `https:host`, `https:/host` and `https:\\host` as absolute.
        return if url.is_special() { Err(RedirectUriError::NotAbsolute) } else { Ok(()) };
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('\\') && authority.contains('@') {
        return Err(RedirectUriError::Ambiguous); // `https://a.example\@b.example`
    }
    if url.is_special() {
        if authority.is_empty() || authority.starts_with('\\') {
            return Err(RedirectUriError::Ambiguous); // `https:///a.example`
        }
        if !url.host_str().is_some_and(is_plain_host) {
            return Err(RedirectUriError::InvalidHost);
        }
    }
    Ok(())
}

/// Whether a normalised host is an IPv6 address or has only characters of host names.
///
/// The URL parser accepts `;`, `'`, `,` and `*`, which have a meaning in a CSP.
fn is_plain_host(host: &str) -> bool {
    host.starts_with('[') || host.bytes().all(is_host_byte)
}

/// Whether a byte is allowed in host names, including the underscore that some local networks use.
pub(super) fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}
