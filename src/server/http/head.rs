//! The head of a request.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use hyper::{HeaderMap, Method, header::USER_AGENT};

use crate::{
    model::{Actor, Timestamp, UserActor, UserId},
    server::App,
};

/// The maximum length of a stored `User-Agent`, in characters.
const MAX_USER_AGENT: usize = 256;

/// The request line and the headers.
#[derive(Debug, Clone)]
pub struct Head {
    /// The method.
    pub method: Method,
    /// The path.
    pub path: String,
    /// The query: the part after `?`.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The address of the client.
    pub client_ip: IpAddr,
    /// Whether the TLS certificate in its header counts: a proxy that may pass one sent it, to the host that
    /// asks for certificates.
    pub may_pass_certificate: bool,
    /// The id of the request in the log, in the response and on error pages.
    pub request_id: String,
    /// The time of the request, used for everything that it does.
    pub now: Timestamp,
    /// Whether the browser has to forget its second cookie, which is no good: only then does it fetch another.
    pub bad_second_cookie: BadCookie,
}

/// A note from where a cookie is read to where the answer is sent.
#[derive(Debug, Clone, Default)]
pub struct BadCookie(Arc<AtomicBool>);

impl BadCookie {
    /// Notes that the cookie is no good.
    pub fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether that was noted.
    pub fn is_noted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Head {
    /// Returns the actor without an account, for the audit log and the list of sessions.
    pub fn actor(&self, app: &App) -> Actor {
        self.actor_with(app, None, false)
    }

    /// Returns the actor with its account, in a browser or through a program.
    pub fn actor_with(&self, app: &App, id: Option<UserId>, is_api_key: bool) -> Actor {
        let (ip_address, user_agent) = (self.client_ip.to_string(), self.user_agent());
        let location = app.locate(self.client_ip);
        Actor::User(UserActor { id, is_api_key, ip_address, user_agent, location })
    }

    /// Returns the `User-Agent`, or an empty string if it is not visible ASCII and could garble a
    /// terminal.
    pub fn user_agent(&self) -> String {
        let value = self.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().chars().take(MAX_USER_AGENT).collect()
    }

    /// Returns the first value of a parameter of the query.
    pub fn query_value(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    /// Returns the path and the query.
    pub fn path_and_query(&self) -> String {
        match self.query.as_str() {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }

    /// Returns what somebody chose in this browser: the value of a cookie that a script of ours set.
    /// Anything may be in it.
    pub fn preference(&self, name: &str) -> Option<&str> {
        let pairs = self.header("cookie")?.split(';').map(str::trim);
        pairs
            .filter_map(|pair| pair.split_once('='))
            .find(|(known, _)| *known == name)
            .map(|(_, v)| v)
    }

    /// Returns a header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The token in an `Authorization: Bearer` header (RFC 6750 §2.1). The name of the scheme ignores case (RFC
    /// 9110 §11.1).
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }
}
