//! Registered callback URLs: exact, or with wildcards.

use std::str::FromStr;

use url::Url;

use super::{
    MAX_LEN, REFUSED_SCHEMES,
    authority::{HostGlob, PortGlob, split_port},
    glob::Glob,
    is_forbidden_char,
    path::PathGlob,
    pattern_error::RedirectUriPatternError,
    query::QueryGlob,
    scheme::SchemeGlob,
    uri::RedirectUri,
};

/// A registered callback URL: an exact URL, or a pattern for URLs.
///
/// `*` matches any part of a host, port, user info, path segment or query value, and `**` any
/// number of path segments. A lone `*` matches every `http` and `https` URL without user info. In a
/// scheme, `*` matches only `http` and `https`, unless it completes a name such as `com.example.*`.
/// A fragment is ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectUriPattern {
    given: String,
    shape: Shape,
}

/// The parsed form of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    Anything,
    Url(Box<Components>),
}

/// A pattern for each component of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Components {
    scheme: SchemeGlob,
    /// `None` for URLs without a host, such as `app:/callback`.
    server: Option<Server>,
    username: Glob,
    password: Glob,
    path: PathGlob,
    query: QueryGlob,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Server {
    host: HostGlob,
    port: PortGlob,
}

impl FromStr for RedirectUriPattern {
    type Err = RedirectUriPatternError;

    fn from_str(given: &str) -> Result<Self, RedirectUriPatternError> {
        if given.len() > MAX_LEN {
            return Err(RedirectUriPatternError::TooLong);
        }
        if given.contains(is_forbidden_char) {
            return Err(RedirectUriPatternError::ForbiddenCharacter);
        }
        if given.contains('\\') {
            return Err(RedirectUriPatternError::Backslash);
        }
        let shape = match given {
            "*" => Shape::Anything,
            url => Shape::Url(Box::new(Components::new(url)?)),
        };
        Ok(Self { given: given.to_owned(), shape })
    }
}

impl RedirectUriPattern {
    /// The pattern as entered.
    pub fn as_str(&self) -> &str {
        &self.given
    }

    /// Whether it allows more than one URL.
    pub fn has_wildcard(&self) -> bool {
        match &self.shape {
            Shape::Anything => true,
            Shape::Url(components) => components.has_wildcard(),
        }
    }

    /// Whether it allows `uri`.
    ///
    /// RFC 9700 §2.1 requires exact string comparison. We also accept other spellings of the same
    /// address that applications send: a scheme or host in capital letters, the explicit default
    /// port, a missing `/` after the host. Dot segments in a path (`/x/../cb`) are never resolved.
    pub fn matches(&self, uri: &RedirectUri) -> bool {
        self.given == uri.as_str()
            || match &self.shape {
                Shape::Anything => uri.is_plain_web_address(),
                Shape::Url(components) => components.matches(uri),
            }
    }
}

impl Components {
    fn new(pattern: &str) -> Result<Self, RedirectUriPatternError> {
        let pattern = pattern.split('#').next().unwrap_or_default();
        let (scheme, rest) = split_scheme(pattern)?;
        let scheme = SchemeGlob::new(&scheme);
        let is_web = WEB_SCHEMES.iter().any(|web| scheme.matches(web));
        let (server, model) = match rest.strip_prefix("//") {
            Some(rest) => {
                let (authority, tail) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
                let (user, server) = authority.rsplit_once('@').unwrap_or(("", authority));
                let model = if is_web { "https" } else { "app" };
                (Some(Server::new(server, is_web)?), format!("{model}://{user}@host{tail}"))
            }
            None if is_web => return Err(RedirectUriPatternError::NoHost),
            None => (None, format!("app:{rest}")),
        };
        // Normalise the other components with the parser that will normalise the input. The URL has
        // a plain scheme and host, so that `*` is an ordinary character.
        let model = Url::parse(&model).map_err(|_| RedirectUriPatternError::Malformed)?;
        Ok(Self {
            scheme,
            server,
            username: Glob::new(model.username()),
            password: Glob::new(model.password().unwrap_or_default()),
            path: PathGlob::new(model.path()),
            query: QueryGlob::new(model.query().unwrap_or_default()),
        })
    }

    fn has_wildcard(&self) -> bool {
        self.scheme.has_wildcard()
            || [&self.username, &self.password].into_iter().any(Glob::has_wildcard)
            || self.server.as_ref().is_some_and(Server::has_wildcard)
            || self.path.has_wildcard()
            || self.query.has_wildcard()
    }

    fn matches(&self, uri: &RedirectUri) -> bool {
        let url = uri.url();
        // Browsers read a backslash as a slash, other parsers as a character: wildcards must not
        // match it.
        let is_plain = !uri.has_backslash() || !self.has_wildcard();
        is_plain
            && !uri.has_dot_segments()
            && self.scheme.matches(url.scheme())
            && match &self.server {
                Some(server) => url.has_authority() && server.matches(uri),
                None => !url.has_authority(),
            }
            && self.username.matches(url.username())
            && self.password.matches(url.password().unwrap_or_default())
            && self.path.matches(url.path())
            && self.query.matches(url.query().unwrap_or_default())
    }
}

/// Schemes with domain names or IP addresses as hosts (WHATWG URL §4.2, special schemes).
const WEB_SCHEMES: [&str; 5] = ["ftp", "http", "https", "ws", "wss"];

/// Splits off the scheme and returns it in lower case.
fn split_scheme(pattern: &str) -> Result<(String, &str), RedirectUriPatternError> {
    let (scheme, rest) = pattern.split_once(':').ok_or(RedirectUriPatternError::NoScheme)?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic() || c == '*')
        && scheme.bytes().all(|c| c.is_ascii_alphanumeric() || b"+-.*".contains(&c));
    if !is_scheme || starts_with_port(rest) {
        return Err(RedirectUriPatternError::NoScheme);
    }
    let scheme = scheme.to_ascii_lowercase();
    if REFUSED_SCHEMES.contains(&scheme.as_str()) {
        return Err(RedirectUriPatternError::RefusedScheme(scheme));
    }
    Ok((scheme, rest))
}

/// Whether the part after the colon begins with a port, as in `localhost:8080/callback`: then the
/// scheme is missing.
fn starts_with_port(rest: &str) -> bool {
    let port = rest.split(['/', '?']).next().unwrap_or_default();
    !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
}

impl Server {
    fn new(authority: &str, is_web: bool) -> Result<Self, RedirectUriPatternError> {
        let (host, port) = split_port(authority);
        if host.is_empty() && is_web {
            return Err(RedirectUriPatternError::NoHost);
        }
        let host = if is_web { HostGlob::web(host)? } else { HostGlob::opaque(host)? };
        Ok(Self { host, port: PortGlob::new(port)? })
    }

    fn has_wildcard(&self) -> bool {
        self.host.has_wildcard() || self.port.has_wildcard()
    }

    fn matches(&self, uri: &RedirectUri) -> bool {
        self.host.matches(uri.url().host_str().unwrap_or_default()) && self.port.matches(uri)
    }
}
