//! `/scim/v2/ServiceProviderConfig`, `ResourceTypes` and `Schemas` (RFC 7644 §4). A token is needed,
//! so that strangers are told nothing.

use hyper::StatusCode;
use serde_json::Value;

use super::{
    answer::{base, list, plain},
    body::query,
};
use crate::{
    scim::{Projection, discovery},
    server::http::{Request, Response, ScimError},
};

/// `GET /scim/v2/ServiceProviderConfig`
pub(super) async fn configuration(req: Request) -> Result<Response, ScimError> {
    let req = req.require_scim().await?;
    Ok(plain(&discovery::configuration(&base(&req.app))))
}

/// `GET /scim/v2/ResourceTypes`
pub(super) async fn resource_types(req: Request) -> Result<Response, ScimError> {
    all(req, discovery::resource_types).await
}

/// `GET /scim/v2/ResourceTypes/{id}`
pub(super) async fn resource_type(req: Request, id: String) -> Result<Response, ScimError> {
    one(req, &id, discovery::resource_types).await
}

/// `GET /scim/v2/Schemas`
pub(super) async fn schemas(req: Request) -> Result<Response, ScimError> {
    all(req, discovery::schemas).await
}

/// `GET /scim/v2/Schemas/{id}`
pub(super) async fn schema(req: Request, id: String) -> Result<Response, ScimError> {
    one(req, &id, discovery::schemas).await
}

async fn all(req: Request, describe: fn(&str) -> Vec<Value>) -> Result<Response, ScimError> {
    let req = req.require_scim().await?;
    // RFC 7644 §4: a filter is refused, so that a part is not taken for all.
    if query(&req.head).iter().any(|(name, _)| name.eq_ignore_ascii_case("filter")) {
        return Err(ScimError::new(StatusCode::FORBIDDEN, "This list cannot be filtered."));
    }
    let described = describe(&base(&req.app)).into_iter();
    let described: Vec<_> = described
        .filter_map(|value| match value {
            Value::Object(map) => Some(map),
            _ => None,
        })
        .collect();
    let total = described.len();
    Ok(list(described, total, 0, &Projection::All))
}

async fn one(
    req: Request,
    id: &str,
    describe: fn(&str) -> Vec<Value>,
) -> Result<Response, ScimError> {
    let req = req.require_scim().await?;
    // The colons of a URN may be encoded.
    let id = id.replace("%3A", ":").replace("%3a", ":");
    let mut described = describe(&base(&req.app)).into_iter();
    let found = described.find(|value| value["id"].as_str() == Some(&id));
    found.map(|value| plain(&value)).ok_or_else(|| ScimError::not_found("description"))
}
