//! Parts of requests and answers.

use std::time::Duration;

use bytes::Bytes;
use hyper::HeaderMap;

/// A header of a request.
#[derive(Debug, Clone, Copy)]
pub struct RequestHeader<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value.
    pub value: &'a str,
}

/// A file to download.
#[derive(Debug, Clone, Copy)]
pub struct DownloadRequest<'a> {
    /// The headers of the request.
    pub headers: &'a [RequestHeader<'a>],
    /// The largest accepted file, in bytes.
    pub max_size: u64,
    /// How long it may take.
    pub time: Duration,
}

/// An XML document to post; an empty one is no document.
#[derive(Debug, Default)]
pub struct XmlDocument {
    /// The document.
    pub text: String,
    /// Whether the resource must not exist yet.
    pub is_new: bool,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its `Content-Type` header, unparsed.
    pub content_type: String,
    /// How long the answer may be cached, in seconds: `max-age` (RFC 9111 §5.2.2.1).
    pub max_age: Option<u64>,
    /// The `Date` header, unparsed (RFC 9110 §6.6.1).
    pub date: Option<String>,
    /// All of its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}
