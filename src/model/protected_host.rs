//! Hosts behind forward auth: applications without OpenID Connect, for which a proxy asks us about each request.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{ProtectedHostId, Timestamp, text::TextError};

/// The longest host with its port, in bytes (RFC 1035 §2.3.4, and a port).
const MAX_HOST: usize = 253 + 6;
/// The most open paths of a host.
const MAX_OPEN_PATHS: usize = 50;
/// The longest open path, in bytes.
const MAX_OPEN_PATH: usize = 256;
/// The longest name of a header, in bytes.
const MAX_HEADER: usize = 64;

/// A host, and its port unless that is 80 or 443: as browsers name it in `Host`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(transparent)]
pub struct HostAddress(String);

impl HostAddress {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host of a web address.
    fn of(address: &str) -> Option<Self> {
        let url = url::Url::parse(address).ok()?;
        let host = url.host_str().filter(|host| !host.is_empty())?;
        Some(Self(match url.port().filter(|port| ![80, 443].contains(port)) {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }))
    }

    /// Whether a web address is at this host and port.
    pub fn is_of(&self, address: &str) -> bool {
        Self::of(address).is_some_and(|of| of == *self)
    }

    /// Fails for port 0, which no browser connects to. Not a fault of the form: rows of before may have it.
    pub fn check_port(&self) -> Result<(), TextError> {
        match self.port() {
            Some("0") => Err(TextError::format("must have a port from 1 to 65535")),
            _ => Ok(()),
        }
    }

    /// The host without its port.
    pub fn name(&self) -> &str {
        self.parts().0
    }

    /// The port, unless it is 80 or 443.
    pub fn port(&self) -> Option<&str> {
        self.parts().1
    }

    /// The colons of an IPv6 address are in brackets.
    fn parts(&self) -> (&str, Option<&str>) {
        match self.0.rsplit_once(':') {
            Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, Some(port)),
            _ => (&self.0, None),
        }
    }
}

impl fmt::Display for HostAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for HostAddress {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TextError::required());
        }
        let invalid = || {
            TextError::format(
                "must be a host such as wiki.example.com, without https:// and without a path",
            )
        };
        let is_plain = |c: char| c.is_alphanumeric() || "-._:[]".contains(c);
        if text.len() > MAX_HOST || !text.chars().all(is_plain) {
            return Err(invalid());
        }
        Self::of(&format!("http://{text}/")).ok_or_else(invalid)
    }
}

/// The name of a header that tells an application its user; empty for a header that is not sent.
///
/// Only names that begin with `Remote-` or `X-`: others mean something to proxies and browsers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(transparent)]
pub struct IdentityHeader(String);

/// Headers that begin with `X-` and have a meaning already.
const TAKEN_HEADERS: [&str; 16] = [
    "x-accel-redirect",
    "x-api-key",
    "x-content-type-options",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-method",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-forwarded-uri",
    "x-frame-options",
    "x-http-method-override",
    "x-original-method",
    "x-original-url",
    "x-real-ip",
    "x-request-id",
    "x-sendfile",
];

impl IdentityHeader {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is not sent.
    pub fn is_off(&self) -> bool {
        self.0.is_empty()
    }

    fn off() -> Self {
        Self(String::new())
    }

    fn usual(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl FromStr for IdentityHeader {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        let folded = text.to_ascii_lowercase();
        let rest = folded.strip_prefix("remote-").or_else(|| folded.strip_prefix("x-"));
        let is_name = rest.is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
        if !text.is_empty() && (!is_name || text.len() > MAX_HEADER) {
            return Err(TextError::format("must begin with Remote- or X-, such as Remote-User"));
        }
        if TAKEN_HEADERS.contains(&folded.as_str()) {
            return Err(TextError::format("must not be a header that has another meaning"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for IdentityHeader {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The headers that tell an application its user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IdentityHeaders {
    /// Has the username.
    pub user: IdentityHeader,
    /// Has the display name.
    pub name: IdentityHeader,
    /// Has the email.
    pub email: IdentityHeader,
    /// Has the names of the groups, separated by commas.
    pub groups: IdentityHeader,
    /// Has the id of the account, which never changes.
    #[serde(default = "IdentityHeader::off")]
    pub id: IdentityHeader,
}

impl Default for IdentityHeaders {
    fn default() -> Self {
        Self {
            user: IdentityHeader::usual("Remote-User"),
            name: IdentityHeader::usual("Remote-Name"),
            email: IdentityHeader::usual("Remote-Email"),
            groups: IdentityHeader::usual("Remote-Groups"),
            id: IdentityHeader::off(),
        }
    }
}

const UNKNOWN_FIELD: &str = "must begin with user=, name=, email=, groups= or id=";

impl IdentityHeaders {
    /// The names of those that are sent.
    pub fn names(&self) -> Vec<&str> {
        let all = [&self.user, &self.name, &self.email, &self.groups, &self.id];
        all.into_iter().filter(|header| !header.is_off()).map(IdentityHeader::as_str).collect()
    }

    /// Fails if one name is there twice.
    pub fn check(&self) -> Result<(), TextError> {
        let mut names: Vec<_> = self.names().iter().map(|name| name.to_ascii_lowercase()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        if names.len() < count {
            return Err(TextError::format("must have different names"));
        }
        Ok(())
    }

    /// Sets one of them by its field, such as `user`.
    pub fn set(&mut self, field: &str, header: IdentityHeader) -> Result<(), TextError> {
        let place = match field {
            "user" => &mut self.user,
            "name" => &mut self.name,
            "email" => &mut self.email,
            "groups" => &mut self.groups,
            "id" => &mut self.id,
            _ => return Err(TextError::format(UNKNOWN_FIELD)),
        };
        *place = header;
        Ok(())
    }
}

/// A path that is open to everyone: `/health` itself, or all below a folder as `/public/*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(transparent)]
pub struct OpenPath(String);

impl OpenPath {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn matches(&self, path: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(folder) => path.starts_with(folder),
            None => path == self.0,
        }
    }
}

impl FromStr for OpenPath {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        let path = text
            .strip_suffix("/*")
            .map_or(text, |folder| if folder.is_empty() { "/" } else { folder });
        if text.len() > MAX_OPEN_PATH || !is_unambiguous(path) {
            let rule = "must be a path such as /health or /public/*, without //, and without . or .. as a folder";
            return Err(TextError::format(rule));
        }
        Ok(Self(text.to_owned()))
    }
}

/// Whether each program reads this path alike. With `%2e`, `;`, `//` or `..` a path could be open here, and another one at
/// the application.
fn is_unambiguous(path: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/+,=:@!$&'()".contains(&b);
    path.starts_with('/')
        && path.bytes().all(is_plain)
        && !path.contains("//")
        && !path.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// The open paths of a host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(transparent)]
pub struct OpenPaths(Vec<OpenPath>);

impl OpenPaths {
    /// Sorts them. Fails beyond 50.
    pub fn new(mut paths: Vec<OpenPath>) -> Result<Self, TextError> {
        paths.sort();
        paths.dedup();
        if paths.len() > MAX_OPEN_PATHS {
            return Err(TextError::format(format!("must have at most {MAX_OPEN_PATHS} paths")));
        }
        Ok(Self(paths))
    }

    /// Reads texts. Fails with the first one that is no path.
    pub fn parse(texts: &[String]) -> Result<Self, TextError> {
        Self::new(texts.iter().map(|text| text.parse()).collect::<Result<_, _>>()?)
    }

    /// The paths.
    pub fn paths(&self) -> &[OpenPath] {
        &self.0
    }

    /// Whether every path is open, so that nobody has to sign in.
    pub fn open_all(&self) -> bool {
        self.0.iter().any(|path| path.as_str() == "/*")
    }

    /// Whether a requested path, without its query, is open.
    pub fn include(&self, path: &str) -> bool {
        is_unambiguous(path) && self.0.iter().any(|open| open.matches(path))
    }
}

impl<'de> Deserialize<'de> for OpenPaths {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        Self::parse(&texts).map_err(serde::de::Error::custom)
    }
}

/// A host behind forward auth.
#[derive(Debug, Clone)]
pub struct ProtectedHost {
    /// Its id.
    pub id: ProtectedHostId,
    /// The host.
    pub host: HostAddress,
    /// Whether only members of its groups are let in.
    pub is_group_restricted: bool,
    /// The headers that tell the application its user.
    pub headers: IdentityHeaders,
    /// The paths that are open to everyone.
    pub open_paths: OpenPaths,
    /// How long a browser stays signed in at the host, in seconds.
    pub session_seconds: i64,
    /// Whether access tokens for the host pass without a browser.
    pub accepts_bearer_tokens: bool,
    /// Whether keys of the REST API pass without a browser.
    pub accepts_api_keys: bool,
    /// When it was created.
    pub created_at: Timestamp,
}

impl ProtectedHost {
    /// The shortest session, in seconds.
    pub const MIN_SESSION: i64 = 300;
    /// The longest session, in seconds: 30 days.
    pub const MAX_SESSION: i64 = 30 * 86_400;
    /// The session unless an administrator chose another one, in seconds: a day.
    pub const USUAL_SESSION: i64 = 86_400;

    /// Checks the length of a session.
    pub fn check_session(seconds: i64) -> Result<i64, TextError> {
        if (Self::MIN_SESSION..=Self::MAX_SESSION).contains(&seconds) {
            Ok(seconds)
        } else {
            Err(TextError {
                code: "invalid_value",
                message: "must be from 5 minutes to 30 days".to_owned(),
            })
        }
    }

    /// Whether an API's resource identifier (RFC 8707) stands for this host.
    pub fn is_resource(&self, resource: &str) -> bool {
        resource.trim_end_matches('/').strip_prefix("https://") == Some(self.host.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_as_browsers_write_it() {
        for (given, read) in [
            ("Wiki.Example.com", "wiki.example.com"),
            ("wiki.example.com:443", "wiki.example.com"),
            ("wiki.example.com:8443", "wiki.example.com:8443"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("[::1]:8080", "[::1]:8080"),
            ("192.168.1.7", "192.168.1.7"),
        ] {
            assert_eq!(given.parse::<HostAddress>().unwrap().as_str(), read);
        }
        let name = |text: &str| text.parse::<HostAddress>().unwrap().name().to_owned();
        assert_eq!(name("wiki.example.com:8443"), "wiki.example.com");
        assert_eq!(name("[::1]:8080"), "[::1]");
        assert_eq!(name("[::1]"), "[::1]");
        assert_eq!("[::1]:8080".parse::<HostAddress>().unwrap().port(), Some("8080"));
        assert_eq!("[::1]".parse::<HostAddress>().unwrap().port(), None);
        for given in [
            "",
            "https://wiki.example.com",
            "wiki.example.com/a",
            "a b",
            "*.example.com",
            "me@a.example",
            ":80",
            "a.example:x",
        ] {
            assert!(given.parse::<HostAddress>().is_err(), "{given}");
        }
    }

    #[test]
    fn a_host_is_that_of_an_address_whatever_its_scheme_and_path() {
        let host = |text: &str| text.parse::<HostAddress>().unwrap();
        assert!(host("id.example.com").is_of("https://id.example.com"));
        assert!(host("ID.example.com:443").is_of("https://id.example.com/auth"));
        assert!(host("localhost:1411").is_of("http://localhost:1411"));
        assert!(!host("localhost:8080").is_of("http://localhost:1411"));
        assert!(!host("wiki.example.com").is_of("https://id.example.com"));
        assert!(host("wiki.example.com:0").check_port().is_err());
        assert!(host("wiki.example.com:8443").check_port().is_ok());
        assert!(OpenPaths::parse(&["/*".into()]).unwrap().open_all());
        assert!(!OpenPaths::parse(&["/public/*".into()]).unwrap().open_all());
    }

    #[test]
    fn headers_that_mean_something_else_cannot_tell_who_asks() {
        for name in ["Remote-User", "X-WEBAUTH-USER", "X-Forwarded-User", ""] {
            assert!(name.parse::<IdentityHeader>().is_ok(), "{name}");
        }
        for name in [
            "Cookie",
            "Location",
            "Set-Cookie",
            "X-API-Key",
            "x-forwarded-host",
            "X-",
            "Remote_User",
            "X-a b",
            "X-a\r\nb",
        ] {
            assert!(name.parse::<IdentityHeader>().is_err(), "{name:?}");
        }
    }

    #[test]
    fn one_header_has_one_meaning() {
        let mut headers = IdentityHeaders::default();
        assert!(headers.check().is_ok());
        headers.set("email", "remote-user".parse().unwrap()).unwrap();
        assert!(headers.check().is_err());
        headers.set("email", "".parse().unwrap()).unwrap();
        assert_eq!(headers.names(), ["Remote-User", "Remote-Name", "Remote-Groups"]);
    }

    #[test]
    fn a_path_is_open_by_itself_or_below_an_open_folder() {
        let open = OpenPaths::parse(&["/health".into(), "/public/*".into()]).unwrap();
        for path in ["/health", "/public/", "/public/a/b.css"] {
            assert!(open.include(path), "{path}");
        }
        for path in ["/", "/health/x", "/healthy", "/public", "/publicity", "/Public/a"] {
            assert!(!open.include(path), "{path}");
        }
        assert!(OpenPaths::parse(&["/*".into()]).unwrap().include("/anything"));
    }

    /// A path that the application may read as another one is not open.
    #[test]
    fn a_path_that_can_be_read_in_two_ways_is_not_open() {
        let open = OpenPaths::parse(&["/public/*".into()]).unwrap();
        for path in [
            "/public/../admin",
            "/public/%2e%2e/admin",
            "/public/..%2fadmin",
            "/public/..;/admin",
            "/public//admin",
            "/public/./a",
            "/public/..\\admin",
            "/public/a\0",
            "public/a",
            "/public/..",
        ] {
            assert!(!open.include(path), "{path:?}");
        }
        for text in ["", "health", "/a/../b", "/a?b", "/a/*/b", "/a*", "//", "/a//b", "/%61"] {
            assert!(text.parse::<OpenPath>().is_err(), "{text}");
        }
    }

    #[test]
    fn rows_of_a_backup_are_held_to_the_same_rules() {
        assert!(serde_json::from_str::<OpenPaths>(r#"["/a/../b"]"#).is_err());
        let headers = r#"{"user":"Cookie","name":"","email":"","groups":""}"#;
        assert!(serde_json::from_str::<IdentityHeaders>(headers).is_err());
    }
}
