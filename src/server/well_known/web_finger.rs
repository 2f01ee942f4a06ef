//! `GET /.well-known/webfinger` (RFC 7033, OIDC Discovery §2)

use hyper::{StatusCode, header::CACHE_CONTROL};

use super::CACHE;
use crate::{
    oidc::web_finger::{self, ResourceFault},
    server::http::{ApiError, Request, Response},
};

/// The most values of `rel`.
const MAX_RELS: usize = 16;

/// Tells programs that know an address such as `acct:alice@example.com` the issuer to sign in at.
pub(super) async fn describe(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let (mut resources, mut rels) = (Vec::new(), Vec::new());
    for (name, value) in form_urlencoded::parse(req.head.query.as_bytes()) {
        match &*name {
            "resource" => resources.push(value.into_owned()),
            "rel" if rels.len() < MAX_RELS => rels.push(value.into_owned()),
            _ => {}
        }
    }
    // RFC 7033 §4.2: a request without one resource is a bad one.
    let [resource] = &*resources else { return Err(malformed()) };
    let issuer = req.app.settings().app_url.url();
    let described = web_finger::describe(resource, &rels, issuer).map_err(|fault| match fault {
        ResourceFault::Malformed => malformed(),
        ResourceFault::Unknown => ApiError::not_found("Resource"),
    })?;
    let json = serde_json::to_vec(&described).map_err(ApiError::internal)?;
    Ok(Response::bytes("application/jrd+json", json).header(CACHE_CONTROL, CACHE))
}

fn malformed() -> ApiError {
    let message = "The query needs one resource, such as acct:alice@example.com";
    ApiError::new(StatusCode::BAD_REQUEST, "invalid_resource", message)
}
