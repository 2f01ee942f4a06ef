//! Responses, built in the order they are read: status, headers, body.

use std::any::type_name;

use bytes::Bytes;
use flate2::Compression;
use hyper::{
    HeaderMap, StatusCode,
    header::{
        CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, PRAGMA,
        RETRY_AFTER, SET_COOKIE, VARY, WWW_AUTHENTICATE,
    },
};
use serde::Serialize;

use super::{
    super::limits,
    Pieces,
    compression::{WORTHWHILE, gzip},
};
use crate::{
    model::GrantType,
    oidc::{OAuthError, OAuthErrorCode},
};

/// The header with a nonce for DPoP proofs (RFC 9449 §8.1).
pub(in crate::server) const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// The additions to a request's log line. Never contains a secret.
#[derive(Debug, Clone, Default)]
pub struct LogNote {
    /// The client that the request was about.
    pub client_id: Option<String>,
    /// The grant type for which it has tokens.
    pub issued: Option<GrantType>,
    /// The error code.
    pub error: Option<&'static str>,
    /// The cause, which is not sent to the caller.
    pub detail: Option<String>,
}

/// The body of an error of the protocol endpoints (RFC 6749 §5.2).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "OAuthError"))]
pub(in crate::server) struct OAuthErrorBody<'a> {
    error: &'static str,
    error_description: &'a str,
}

/// The body of a response.
#[derive(Debug)]
pub(in crate::server) enum ResponseBody {
    /// Bytes in memory.
    Bytes(Bytes),
    /// A file, which is read while it is sent.
    Pieces(Pieces),
}

/// A response.
#[derive(Debug)]
pub struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: ResponseBody,
    note: LogNote,
    /// The name of the type that the body was written from.
    json_type: Option<&'static str>,
    /// Whether it may be compressed for a client that accepts that.
    is_compressible: bool,
}

impl Response {
    /// Creates a response without a body.
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: ResponseBody::Bytes(Bytes::new()),
            note: LogNote::default(),
            json_type: None,
            is_compressible: false,
        }
    }

    /// Creates a `204 No ResponseBody` response.
    pub fn no_content() -> Self {
        Self::empty(StatusCode::NO_CONTENT)
    }

    /// Creates a response with a body of a media type.
    pub fn bytes(content_type: &str, body: impl Into<Bytes>) -> Self {
        let mut response = Self::empty(StatusCode::OK).header(CONTENT_TYPE, content_type);
        response.body = ResponseBody::Bytes(body.into());
        response
    }

    /// Creates a response whose body is read from a file while it is sent.
    pub(in crate::server) fn pieces(content_type: &str, pieces: Pieces) -> Self {
        let mut response = Self::empty(StatusCode::OK).header(CONTENT_TYPE, content_type);
        response.body = ResponseBody::Pieces(pieces);
        response
    }

    /// Creates a JSON response. `<`, `>` and `&` are escaped, so that it is harmless inside HTML.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Self {
        let json = serde_json::to_string(value).expect("our responses are maps with text keys");
        let json = if json.contains(['<', '>', '&']) {
            json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
        } else {
            json
        };
        let response = Self::bytes("application/json; charset=utf-8", json);
        Self { json_type: Some(type_name::<T>()), ..response }
    }

    /// Creates an HTML response.
    pub fn html(html: String) -> Self {
        Self::bytes("text/html; charset=utf-8", html)
    }

    /// Creates a redirect.
    pub fn redirect(status: StatusCode, location: &str) -> Self {
        Self::empty(status).header(LOCATION, location)
    }

    /// Creates an error response of the token and UserInfo endpoints (RFC 6749 §5.2).
    pub fn oauth_error(error: &OAuthError) -> Self {
        let code = error.code.as_str();
        let response =
            Self::json(&OAuthErrorBody { error: code, error_description: &error.description })
                .status(StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST))
                .no_store()
                .log_error(code, error.detail.clone());
        let response = match &error.dpop_nonce {
            Some(nonce) => response.header(DPOP_NONCE, nonce),
            None => response,
        };
        match error.code {
            // RFC 9110 §15.5.2: a 401 says how to authenticate; RFC 6749 §5.2 names the scheme.
            OAuthErrorCode::InvalidClient => {
                response.header(WWW_AUTHENTICATE, "Basic realm=\"pocketid\", charset=\"UTF-8\"")
            }
            OAuthErrorCode::TemporarilyUnavailable => {
                response.header(RETRY_AFTER, &error.retry_after.unwrap_or(1).to_string())
            }
            _ => response,
        }
    }

    /// Sets the status.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Sets a header, replacing one of the same name. Omits a value that is not valid in a header.
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Forbids caches to store the response (RFC 6749 §5.1).
    pub fn no_store(self) -> Self {
        self.header(CACHE_CONTROL, "no-store").header(PRAGMA, "no-cache")
    }

    /// Adds a `Set-Cookie` header.
    pub fn cookie(mut self, cookie: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            self.headers.append(SET_COOKIE, value);
        }
        self
    }

    /// Adds the client to the log line.
    pub fn log_client(mut self, client_id: &str) -> Self {
        self.note.client_id = Some(client_id.chars().take(limits::LOGGED).collect());
        self
    }

    /// Adds the error to the log line.
    pub fn log_error(mut self, error: &'static str, detail: impl Into<String>) -> Self {
        self.note.error = Some(error);
        self.note.detail = Some(detail.into().chars().take(limits::LOGGED).collect());
        self
    }

    /// Notes that it has tokens, for the metrics.
    pub fn log_issued(mut self, grant_type: GrantType) -> Self {
        self.note.issued = Some(grant_type);
        self
    }

    /// Appends to the error detail in the log line.
    pub fn add_detail(&mut self, more: &str) {
        let detail = self.note.detail.take().filter(|detail| !detail.is_empty());
        let all = detail.map_or_else(|| more.to_owned(), |detail| format!("{detail}; {more}"));
        self.note.detail = Some(all);
    }

    /// Returns the status.
    pub fn status_code(&self) -> StatusCode {
        self.status
    }

    /// Returns the name of the type that the JSON body was written from.
    pub fn json_type(&self) -> Option<&'static str> {
        self.json_type
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the headers, for the edge to complete.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    /// Takes the note for the log.
    pub fn take_note(&mut self) -> LogNote {
        std::mem::take(&mut self.note)
    }

    /// Allows compression: its length tells strangers nothing.
    pub fn compressible(self) -> Self {
        Self { is_compressible: true, ..self }
    }

    /// Compresses the body, if that is allowed and worth it.
    pub(in crate::server) fn compress(&mut self) {
        let ResponseBody::Bytes(body) = &self.body else { return };
        if !self.is_compressible || body.len() < WORTHWHILE {
            return;
        }
        if let Some(compressed) = gzip(body, Compression::default()) {
            self.body = ResponseBody::Bytes(compressed);
            self.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        self.headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    }

    /// Removes the body, for `HEAD`; keeps its `ResponseBody-Length`.
    pub fn without_body(mut self) -> Self {
        let length = match &self.body {
            ResponseBody::Bytes(bytes) => bytes.len() as u64,
            ResponseBody::Pieces(pieces) => pieces.size(),
        };
        self.headers.insert(hyper::header::CONTENT_LENGTH, length.into());
        self.body = ResponseBody::Bytes(Bytes::new());
        self
    }

    /// Splits the response into the head for hyper and the body.
    pub(in crate::server) fn into_parts(self) -> (hyper::Response<()>, ResponseBody) {
        let mut head = hyper::Response::new(());
        *head.status_mut() = self.status;
        *head.headers_mut() = self.headers;
        (head, self.body)
    }
}
