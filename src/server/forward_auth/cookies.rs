//! The cookies of a protected host. Browsers have one jar for all ports of a name, so each port has names of its own.

use hyper::HeaderMap;

use super::asked::AskedRequest;
use crate::server::http::cookies::{build, values};

/// A cookie that a protected host has from us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HostCookie {
    /// Binds a sign-in to the browser that began it.
    Browser,
    /// The sign-in of a browser.
    Session,
}

/// The cookies of one host.
#[derive(Debug, Clone)]
pub(super) struct HostCookies {
    is_https: bool,
    port: Option<String>,
}

impl HostCookies {
    /// Those of the host that was asked for.
    pub(super) fn of(asked: &AskedRequest) -> Self {
        Self { is_https: asked.is_https, port: asked.host.port().map(str::to_owned) }
    }

    /// On https, `__Host-` keeps sibling hosts from setting it (RFC 6265bis §4.1.3.2).
    fn name(&self, cookie: HostCookie) -> String {
        let prefix = if self.is_https { "__Host-" } else { "" };
        let kind = match cookie {
            HostCookie::Browser => "browser",
            HostCookie::Session => "session",
        };
        match &self.port {
            Some(port) => format!("{prefix}pocketid_host_{kind}_{port}"),
            None => format!("{prefix}pocketid_host_{kind}"),
        }
    }

    /// Returns the value that a browser sent.
    pub(super) fn read(&self, headers: &HeaderMap, cookie: HostCookie) -> Option<String> {
        let name = self.name(cookie);
        let value = values(headers, &name).next()?;
        std::str::from_utf8(value).ok().map(str::to_owned)
    }

    /// Builds a `Set-Cookie` with a lifetime in seconds.
    pub(super) fn set(&self, cookie: HostCookie, value: &str, seconds: i64) -> String {
        build(self.name(cookie), value, seconds, self.is_https).to_string()
    }

    /// Builds a `Set-Cookie` that deletes the cookie.
    pub(super) fn remove(&self, cookie: HostCookie) -> String {
        self.set(cookie, "", 0)
    }
}
