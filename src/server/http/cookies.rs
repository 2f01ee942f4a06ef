//! Our cookies (Pocket ID 2.14): `Secure; HttpOnly; SameSite=Lax`, never readable by scripts.

use cookie::{Cookie, SameSite, time::Duration};
use hyper::{HeaderMap, header::COOKIE};

/// Names and attributes of the cookies of one deployment.
#[derive(Debug, Clone, Copy)]
pub struct Cookies {
    is_https: bool,
}

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieKind {
    /// A WebAuthn ceremony between start and finish.
    Ceremony,
    /// A proof that the passkey was used again.
    Reauthentication,
    /// The browser session.
    Session,
}

impl Cookies {
    /// Cookies for an address of this scheme.
    pub fn new(is_https: bool) -> Self {
        Self { is_https }
    }

    /// The name. The prefixes bind a cookie to this host and to TLS (RFC 6265bis §4.1.3).
    pub fn name(self, kind: CookieKind) -> &'static str {
        match (kind, self.is_https) {
            (CookieKind::Ceremony, true) => "__Host-session",
            (CookieKind::Ceremony, false) => "session",
            (CookieKind::Reauthentication, true) => "__Secure-reauthentication_token",
            (CookieKind::Reauthentication, false) => "reauthentication_token",
            (CookieKind::Session, true) => "__Host-access_token",
            (CookieKind::Session, false) => "access_token",
        }
    }

    /// The value that a browser sent.
    pub fn read(self, headers: &HeaderMap, kind: CookieKind) -> Option<String> {
        let name = self.name(kind);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| Cookie::split_parse_encoded(value.to_owned()))
            .filter_map(Result::ok)
            .find(|cookie| cookie.name() == name)
            .map(|cookie| cookie.value().to_owned())
    }

    /// A `Set-Cookie` that keeps a value for a time.
    pub fn set(self, kind: CookieKind, value: &str, seconds: i64) -> String {
        self.attributes(kind, value, seconds)
    }

    /// A `Set-Cookie` that makes the browser forget.
    pub fn remove(self, kind: CookieKind) -> String {
        self.attributes(kind, "", 0)
    }

    fn attributes(self, kind: CookieKind, value: &str, seconds: i64) -> String {
        Cookie::build((self.name(kind), value))
            .path("/")
            .max_age(Duration::seconds(seconds))
            .secure(true)
            .http_only(true)
            .same_site(SameSite::Lax)
            .build()
            .encoded()
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_bound_to_host_and_tls_and_hidden_from_scripts() {
        let cookie = Cookies::new(true).set(CookieKind::Session, "value", 60);
        assert_eq!(
            cookie,
            "__Host-access_token=value; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60"
        );
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, "a=1; access_token=abc; session=x".parse().unwrap());
        let cookies = Cookies::new(false);
        assert_eq!(cookies.read(&headers, CookieKind::Session).unwrap(), "abc");
        assert_eq!(cookies.read(&headers, CookieKind::Reauthentication), None);
    }
}
