//! Answers in plain text: a page of ours would look for its style sheets on the protected host.

use hyper::StatusCode;

use crate::server::http::Response;

/// An answer in one sentence or two.
pub(super) fn told(status: u16, text: impl Into<String>) -> Response {
    let text = text.into();
    Response::bytes("text/plain; charset=utf-8", format!("{text}\n"))
        .status(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST))
        .no_store()
        .log_error("forward_auth", text)
}
