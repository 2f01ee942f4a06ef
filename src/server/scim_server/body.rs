//! Reads bodies and queries.

use serde_json::Value;

use super::caller::ScimCaller;
use crate::{
    scim::ScimFault,
    server::http::{
        Authorised, Head, ScimError,
        body::{self, Body},
    },
};

/// The media types of bodies (RFC 7644 §3.8).
pub(super) const TAKEN: &[&str] = &["application/scim+json", "application/json"];

/// Reads a body as JSON.
pub(super) async fn json(
    req: Authorised<ScimCaller, Body>,
) -> Result<(Authorised<ScimCaller, ()>, Value), ScimError> {
    let (req, bytes) = bytes(req).await?;
    Ok((req, parse(&bytes)?))
}

/// Reads a body that is parsed later.
pub(super) async fn bytes(
    req: Authorised<ScimCaller, Body>,
) -> Result<(Authorised<ScimCaller, ()>, bytes::Bytes), ScimError> {
    body::require_json(&req.head)?;
    let (req, body) = req.take_body();
    let bytes = body::read(body).await?;
    Ok((req, bytes))
}

/// Parses a body. The parser itself bounds the nesting.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, ScimError> {
    let parsed = serde_json::from_slice(bytes);
    parsed.map_err(|error| {
        let detail = format!("The body is no JSON: line {}.", error.line());
        ScimError::from(ScimFault::syntax(detail)).because(error)
    })
}

/// The parameters of the query.
pub(super) fn query(head: &Head) -> Vec<(String, String)> {
    form_urlencoded::parse(head.query.as_bytes()).into_owned().collect()
}
