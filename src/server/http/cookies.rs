//! The server's cookies (Pocket ID 2.14): `HttpOnly; SameSite=Lax`, `Secure` on https, never
//! readable by scripts.
//!
//! Names and values are compared byte by byte as they were sent. Decoding `%48` in a name would let
//! a sibling host set `__%48ost-access_token`, which no browser protects, and pass it off as ours.

use std::borrow::Cow;

use cookie::{Cookie, SameSite, time::Duration};
use hyper::{HeaderMap, header::COOKIE};

/// Names and attributes of the cookies of one deployment.
#[derive(Debug, Clone, Copy)]
pub struct Cookies {
    is_https: bool,
}

/// A cookie that this server sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieKind {
    /// Shows that the browser has the key that its session is bound to.
    BoundSession,
    /// Binds WebAuthn ceremonies to this browser between their start and their finish.
    Ceremony,
    /// Binds a device login request to the device that asks to be signed in.
    DeviceLogin,
    /// Binds login codes sent by mail to the browser that asked for them.
    MailedCode,
    /// The proof that a passkey was used again.
    Reauthentication,
    /// The browser session.
    Session,
}

impl CookieKind {
    const ALL: [Self; 6] = [
        Self::BoundSession,
        Self::Ceremony,
        Self::DeviceLogin,
        Self::MailedCode,
        Self::Reauthentication,
        Self::Session,
    ];
}

impl Cookies {
    /// Creates the cookies for https or http.
    pub fn new(is_https: bool) -> Self {
        Self { is_https }
    }

    /// Returns the name of a cookie.
    ///
    /// On https, `__Host-` keeps sibling hosts from setting it (RFC 6265bis §4.1.3.2). On http
    /// there is no such protection, and all ports of `localhost` share one cookie jar. The prefix
    /// `pocketid_` keeps an application in development with a cookie `session`, and this server,
    /// from overwriting each other's cookies.
    pub fn name(self, kind: CookieKind) -> &'static str {
        match (kind, self.is_https) {
            (CookieKind::BoundSession, true) => "__Host-bound_session",
            (CookieKind::BoundSession, false) => "pocketid_bound_session",
            (CookieKind::Ceremony, true) => "__Host-session",
            (CookieKind::Ceremony, false) => "pocketid_session",
            (CookieKind::DeviceLogin, true) => "__Host-device_login_token",
            (CookieKind::DeviceLogin, false) => "pocketid_device_login_token",
            (CookieKind::MailedCode, true) => "__Host-device_token",
            (CookieKind::MailedCode, false) => "pocketid_device_token",
            (CookieKind::Reauthentication, true) => "__Host-reauthentication_token",
            (CookieKind::Reauthentication, false) => "pocketid_reauthentication_token",
            (CookieKind::Session, true) => "__Host-access_token",
            (CookieKind::Session, false) => "pocketid_access_token",
        }
    }

    /// Returns the value that a browser sent.
    pub fn read(self, headers: &HeaderMap, kind: CookieKind) -> Option<String> {
        let value = self.values(headers, kind).next()?;
        // Our values are ASCII. Any other value was not set by this server.
        std::str::from_utf8(value).ok().map(str::to_owned)
    }

    /// Returns the cookies that the browser sent more than once. Another site set one of the
    /// copies, and it is impossible to tell which.
    pub fn repeated(self, headers: &HeaderMap) -> Vec<CookieKind> {
        let is_repeated = |kind: &CookieKind| self.values(headers, *kind).nth(1).is_some();
        CookieKind::ALL.into_iter().filter(is_repeated).collect()
    }

    /// Builds a `Set-Cookie` with a lifetime in seconds.
    pub fn set(self, kind: CookieKind, value: &str, seconds: i64) -> String {
        self.attributes(kind, value, seconds).to_string()
    }

    /// The attributes of our cookies, but for their lifetimes.
    pub fn attribute_text(self) -> &'static str {
        if self.is_https {
            "HttpOnly; SameSite=Lax; Secure; Path=/"
        } else {
            "HttpOnly; SameSite=Lax; Path=/"
        }
    }

    /// Builds a `Set-Cookie` that deletes the cookie.
    pub fn remove(self, kind: CookieKind) -> String {
        self.attributes(kind, "", 0).to_string()
    }

    /// Builds the `Set-Cookie`s that delete a cookie which another site may have set. On http its
    /// path may be any prefix of the requested path.
    pub fn remove_everywhere(self, kind: CookieKind, path: &str) -> Vec<String> {
        if self.is_https {
            return vec![self.remove(kind)];
        }
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        // More segments than our longest path.
        let paths = ends.flat_map(|end| [&path[..end], path.get(..=end).unwrap_or(path)]).take(16);
        let mut paths: Vec<_> = ["/"].into_iter().chain(paths).filter(|p| !p.is_empty()).collect();
        paths.sort_unstable();
        paths.dedup();
        let removed = paths.into_iter().map(|path| {
            let mut cookie = self.attributes(kind, "", 0);
            cookie.set_path(path.to_owned());
            cookie.to_string()
        });
        removed.collect()
    }

    fn values(self, headers: &HeaderMap, kind: CookieKind) -> impl Iterator<Item = &[u8]> {
        values(headers, self.name(kind))
    }

    fn attributes(self, kind: CookieKind, value: &str, seconds: i64) -> Cookie<'static> {
        build(self.name(kind), value, seconds, self.is_https)
    }
}

/// The values of a cookie that a browser sent, as they were sent.
pub(in crate::server) fn values<'h>(
    headers: &'h HeaderMap,
    name: &str,
) -> impl Iterator<Item = &'h [u8]> {
    // Bytes, not text: another application's cookie in UTF-8 must not hide ours beside it.
    let pairs = headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';').map(<[u8]>::trim_ascii));
    pairs.filter_map(move |pair| pair.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
}

/// A cookie of ours with a lifetime in seconds.
pub(in crate::server) fn build(
    name: impl Into<Cow<'static, str>>,
    value: &str,
    seconds: i64,
    is_https: bool,
) -> Cookie<'static> {
    Cookie::build((name, value.to_owned()))
        .path("/")
        .max_age(Duration::seconds(seconds))
        // Safari ignores a `Secure` cookie set over http, even on localhost.
        .secure(is_https)
        .http_only(true)
        .same_site(SameSite::Lax)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, hyper::header::HeaderValue::from_bytes(line).unwrap());
        }
        headers
    }

    #[test]
    fn cookies_are_bound_to_host_and_tls_and_hidden_from_scripts() {
        let cookie = Cookies::new(true).set(CookieKind::Session, "value", 60);
        assert_eq!(
            cookie,
            "__Host-access_token=value; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60"
        );
        let attributes = Cookies::new(true).attribute_text();
        assert_eq!(cookie, format!("__Host-access_token=value; {attributes}; Max-Age=60"));
        let plain = Cookies::new(false);
        let cookie = plain.set(CookieKind::BoundSession, "value", 60);
        let attributes = plain.attribute_text();
        assert_eq!(cookie, format!("pocketid_bound_session=value; {attributes}; Max-Age=60"));
        for kind in CookieKind::ALL {
            assert!(Cookies::new(true).name(kind).starts_with("__Host-"));
        }
    }

    #[test]
    fn on_http_a_cookie_is_not_secure_and_bears_our_name() {
        for kind in CookieKind::ALL {
            let cookie = Cookies::new(false).set(kind, "value", 60);
            assert!(cookie.starts_with("pocketid_") && !cookie.contains("Secure"), "{cookie}");
        }
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let headers = headers(&[b"a=1; pocketid_access_token=abc; session=x"]);
        let cookies = Cookies::new(false);
        assert_eq!(cookies.read(&headers, CookieKind::Session).unwrap(), "abc");
        assert_eq!(cookies.read(&headers, CookieKind::Reauthentication), None);
    }

    #[test]
    fn the_cookie_of_another_application_hides_none_of_ours() {
        let headers = headers(&["name=Bücher; __Host-access_token=abc".as_bytes()]);
        assert_eq!(Cookies::new(true).read(&headers, CookieKind::Session).unwrap(), "abc");
    }

    /// A sibling host can set any name that no prefix protects.
    #[test]
    fn a_name_is_compared_as_it_was_sent() {
        for name in [
            "__%48ost-access_token",
            "%5F%5FHost-access_token",
            "__host-access_token",
            "__Host-access_token ",
            "__Host-access%5Ftoken",
            "\"__Host-access_token\"",
        ] {
            let headers = headers(&[format!("{name}=planted").as_bytes()]);
            assert_eq!(Cookies::new(true).read(&headers, CookieKind::Session), None, "{name}");
        }
    }

    #[test]
    fn a_value_is_taken_as_it_was_sent() {
        for value in ["a%62c", "\"abc\"", "a=b=", ""] {
            let headers = headers(&[format!("__Host-access_token={value}").as_bytes()]);
            assert_eq!(Cookies::new(true).read(&headers, CookieKind::Session).unwrap(), value);
        }
    }

    #[test]
    fn a_cookie_that_comes_twice_is_noticed_in_one_header_or_in_two() {
        let cookies = Cookies::new(true);
        let repeated = |lines: &[&[u8]]| cookies.repeated(&headers(lines));
        let once: &[u8] = b"__Host-access_token=a";
        assert_eq!(repeated(&[once, b"__Host-session=a; other=1; other=2"]), []);
        assert_eq!(repeated(&[once, b"x=1; __Host-access_token=b"]), [CookieKind::Session]);
        assert_eq!(repeated(&[once, once]), [CookieKind::Session]);
        assert_eq!(
            repeated(&[b"__Host-session=a;__Host-session=;\t__Host-session=c"]),
            [CookieKind::Ceremony]
        );
    }

    #[test]
    fn a_planted_cookie_is_removed_from_every_path_above() {
        let kind = CookieKind::Session;
        assert_eq!(Cookies::new(true).remove_everywhere(kind, "/a/b").len(), 1);
        let removed = Cookies::new(false).remove_everywhere(kind, "/settings/account");
        let paths: Vec<_> = removed
            .iter()
            .map(|cookie| cookie.split("Path=").nth(1).unwrap().split(';').next().unwrap())
            .collect();
        assert_eq!(paths, ["/", "/settings", "/settings/", "/settings/account"]);
    }
}
