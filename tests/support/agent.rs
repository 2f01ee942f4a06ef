//! A browser without a face: requests, and a jar of cookies.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    sync::LazyLock,
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Method, Request, header};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::{patience::PATIENCE, wire::Wire};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
});

/// The cookie of the session, on http.
pub(crate) const SESSION: &str = "pocketid_access_token";
/// The cookie that binds ceremonies to a browser, on http.
pub(crate) const CEREMONY: &str = "pocketid_session";
/// The cookie of a proof that the passkey was used again, on http.
pub(crate) const REAUTHENTICATION: &str = "pocketid_reauthentication_token";

/// A browser without a face.
#[derive(Debug, Clone)]
pub(crate) struct Agent {
    base_url: String,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) headers: Vec<(&'static str, String)>,
    wire: Wire,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a text"))
    }

    /// Where it sends the browser.
    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    /// A parameter of where it sends the browser, in the query or the fragment.
    pub(crate) fn location_param(&self, name: &str) -> Option<String> {
        let (_, params) = self.location().split_once(['?', '#'])?;
        let mut pairs = form_urlencoded::parse(params.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// Where the form of a page goes.
    #[track_caller]
    pub(crate) fn form_action(&self) -> String {
        attribute(&self.text(), "action").unwrap_or_else(|| panic!("no form: {self:?}"))
    }

    /// The fields of a form that posts itself.
    pub(crate) fn form_fields(&self) -> Vec<(String, String)> {
        let (page, name_and_value) = (self.text(), |input: &str| {
            Some((attribute(input, "name")?, attribute(input, "value")?))
        });
        page.split("<input").skip(1).filter_map(name_and_value).collect()
    }

    /// The status and what an error says, in one line.
    pub(crate) fn error(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let code = body.get("code").or(body.get("error")).and_then(Value::as_str);
        format!("{} {}", self.status, code.unwrap_or_default())
    }

    /// Fails the test unless it succeeded.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert!(self.status < 400, "{} {:?} {}", self.status, self.headers, self.text());
        self
    }
}

/// The first attribute of this name.
fn attribute(html: &str, name: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

impl Agent {
    /// A new browser.
    pub(crate) fn new(base_url: &str) -> Self {
        Self::over(Wire::default(), base_url)
    }

    /// A new browser that reaches the server in this way.
    pub(crate) fn over(wire: Wire, base_url: &str) -> Self {
        Self { base_url: base_url.to_owned(), cookies: BTreeMap::new(), headers: Vec::new(), wire }
    }

    /// The same browser, sent by its load balancer to another server.
    pub(crate) fn at(&self, other: &Self) -> Self {
        Self { base_url: other.base_url.clone(), ..self.clone() }
    }

    /// The same browser with one more header on every request.
    pub(crate) fn with_header(&self, name: &'static str, value: &str) -> Self {
        let mut agent = self.clone();
        agent.headers.push((name, value.to_owned()));
        agent
    }

    /// The host and the port of the server.
    pub(crate) fn address(&self) -> &str {
        self.base_url.rsplit_once("//").expect("an origin").1
    }

    /// `GET`
    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Bytes::new())
    }

    /// The bytes over the wire of a page and of the style sheets and scripts that it loads.
    pub(crate) fn weigh(&mut self, path: &str) -> (usize, usize) {
        let zipping = self.with_header("accept-encoding", "gzip");
        let mut zipping = zipping.with_header("sec-fetch-site", "same-origin");
        let html = self.get(path).ok().text();
        let files: BTreeSet<_> =
            html.split('"').filter(|part| part.starts_with("/assets/")).collect();
        let page = zipping.get(path).body.len();
        (page, files.iter().map(|file| zipping.get(file).body.len()).sum())
    }

    /// `POST` of a form.
    pub(crate) fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, Some("application/x-www-form-urlencoded"), body.into())
    }

    /// `POST` of JSON.
    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some("application/json"), body.to_string().into())
    }

    /// Any request of JSON.
    pub(crate) fn json(&mut self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(method, path, Some("application/json"), body.to_string().into())
    }

    /// Any request at all.
    pub(crate) fn send(
        &mut self,
        method: Method,
        path: &str,
        content_type: Option<&str>,
        body: Bytes,
    ) -> Answer {
        self.try_send(method, path, content_type, body).expect("a server that answers")
    }

    /// Any request, to a server that may not be there.
    pub(crate) fn try_send(
        &mut self,
        method: Method,
        path: &str,
        content_type: Option<&str>,
        body: Bytes,
    ) -> Result<Answer, Box<dyn Error + Send + Sync>> {
        let exchange = self.exchange(method, path, content_type, body);
        let exchange = async { tokio::time::timeout(PATIENCE, exchange).await };
        let answer =
            RUNTIME.block_on(exchange).unwrap_or_else(|_| panic!("no answer to {path}"))?;
        self.keep_cookies(&answer);
        Ok(answer)
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        content_type: Option<&str>,
        body: Bytes,
    ) -> Result<Answer, Box<dyn Error + Send + Sync>> {
        let authority = self.base_url.split_once("//").expect("an address").1;
        let mut request = Request::builder().method(method).uri(path);
        if !self.headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", authority);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if !self.cookies.is_empty() {
            let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            request = request.header(header::COOKIE, cookies.collect::<Vec<_>>().join("; "));
        }
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let request = request.body(Full::new(body)).expect("a request");
        let response = self.wire.send(authority, request).await?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("a cookie");
            let (pair, attributes) = cookie.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a name and a value");
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name)
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned())
            };
        }
    }
}
