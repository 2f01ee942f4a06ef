//! Hosts and ports of callback URL patterns.

use std::net::Ipv4Addr;

use url::Host;

use super::{
    glob::Glob,
    pattern_error::RedirectUriPatternError,
    uri::{RedirectUri, is_host_byte},
};

/// The host of a pattern. A wildcard can match dots: `*.example.com` includes `a.b.example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HostGlob {
    glob: Glob,
    /// How many dots the host must have, if that is fixed.
    ///
    /// It is fixed if the pattern ends in a wildcard: `192.168.1.*` must not match
    /// `192.168.1.evil.example`.
    dots: Option<usize>,
    /// Whether only IPv4 addresses match: `192.168.1.*` must not match `192.168.1.com` either.
    is_ipv4: bool,
}

impl HostGlob {
    /// Reads the host of an `http` or `https` pattern and normalises it as the URL parser would.
    pub(super) fn web(host: &str) -> Result<Self, RedirectUriPatternError> {
        let invalid = || RedirectUriPatternError::Host(host.to_owned());
        if !host.contains('*') {
            let host = Host::parse(host).map_err(|_| invalid())?;
            let is_plain = !matches!(&host, Host::Domain(name) if !name.bytes().all(is_host_byte));
            return is_plain.then(|| Self::new(&host.to_string())).ok_or_else(invalid);
        }
        let labels = host.split('.').map(normal_label).collect::<Option<Vec<_>>>();
        let host = labels.ok_or_else(invalid)?.join(".");
        let is_number = |byte: u8| byte.is_ascii_digit();
        let is_ipv4 = host.bytes().any(is_number)
            && host.bytes().all(|byte| is_number(byte) || matches!(byte, b'.' | b'*'));
        Ok(Self { is_ipv4, ..Self::new(&host) })
    }

    /// Reads the host part after a custom scheme. It may be empty.
    pub(super) fn opaque(host: &str) -> Result<Self, RedirectUriPatternError> {
        let invalid = |_| RedirectUriPatternError::Host(host.to_owned());
        Ok(Self::new(&Host::parse_opaque(host).map_err(invalid)?.to_string()))
    }

    fn new(host: &str) -> Self {
        let glob = Glob::new(host);
        let is_open_ended = glob.ends_in_wildcard() && !glob.is_wildcard();
        Self { glob, dots: is_open_ended.then(|| dots(host)), is_ipv4: false }
    }

    pub(super) fn has_wildcard(&self) -> bool {
        self.glob.has_wildcard()
    }

    pub(super) fn matches(&self, host: &str) -> bool {
        self.dots.is_none_or(|expected| expected == dots(host))
            && (!self.is_ipv4 || host.parse::<Ipv4Addr>().is_ok())
            && self.glob.matches(host)
    }
}

fn dots(host: &str) -> usize {
    host.bytes().filter(|byte| *byte == b'.').count()
}

/// Normalises one label of a host with wildcards, because the URL parser rejects the whole host.
fn normal_label(label: &str) -> Option<String> {
    if !label.is_ascii() {
        return match Host::parse(label) {
            Ok(Host::Domain(name)) if !label.contains('*') => Some(name),
            _ => None,
        };
    }
    let is_valid = label.bytes().all(|byte| is_host_byte(byte) || byte == b'*');
    is_valid.then(|| label.to_ascii_lowercase())
}

/// The port of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PortGlob {
    Default,
    Exact(u16),
    Wild(Glob),
}

impl PortGlob {
    pub(super) fn new(port: &str) -> Result<Self, RedirectUriPatternError> {
        let invalid = || RedirectUriPatternError::Port(port.to_owned());
        if !port.bytes().all(|byte| byte.is_ascii_digit() || byte == b'*') {
            return Err(invalid());
        }
        match port {
            "" => Ok(Self::Default),
            port if port.contains('*') => Ok(Self::Wild(Glob::new(port))),
            port => port.parse().map(Self::Exact).map_err(|_| invalid()),
        }
    }

    pub(super) fn has_wildcard(&self) -> bool {
        matches!(self, Self::Wild(_))
    }

    /// Compares the port with that of the URI.
    ///
    /// RFC 8252 §7.3: a native application uses any free port of the loopback interface, so there
    /// any port matches, unless the port of the pattern has a wildcard.
    pub(super) fn matches(&self, uri: &RedirectUri) -> bool {
        let port = uri.url().port_or_known_default();
        match self {
            Self::Default => uri.url().port().is_none() || uri.is_loopback(),
            Self::Exact(expected) => port == Some(*expected) || uri.is_loopback_address(),
            Self::Wild(glob) => {
                glob.matches(&port.map(|port| port.to_string()).unwrap_or_default())
            }
        }
    }
}

/// Splits `host:port` or `[address]:port`; the port may be missing.
pub(super) fn split_port(authority: &str) -> (&str, &str) {
    let host_end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    match authority[host_end..].find(':') {
        Some(colon) => (&authority[..host_end + colon], &authority[host_end + colon + 1..]),
        None => (authority, ""),
    }
}
