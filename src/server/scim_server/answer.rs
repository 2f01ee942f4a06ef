//! Answers (RFC 7644 §3.4.2, §3.14).

use hyper::{
    StatusCode,
    header::{ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION},
};
use serde_json::{Map, Value, json};

use super::body::query;
use crate::{
    scim::{MEDIA_TYPE, Projection, names_version, projection_of_query, version},
    server::{
        App,
        http::{Head, Response, ScimError},
    },
};

/// The media types of answers.
pub(super) const GIVEN: &[&str] = &[MEDIA_TYPE];

const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// Resources as JSON.
pub(super) type ScimResource = Map<String, Value>;

/// The address of the SCIM server.
pub(super) fn base(app: &App) -> String {
    format!("{}/scim/v2", app.settings().app_url.as_str())
}

/// Answers with JSON.
pub(super) fn plain(value: &Value) -> Response {
    Response::bytes(MEDIA_TYPE, value.to_string())
}

/// Answers with a resource, or `304` if the program has it already.
pub(super) fn resource(head: &Head, resource: ScimResource) -> Response {
    let version = version(&resource).to_owned();
    let known = head.headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| names_version(known, &version)) {
        return Response::empty(StatusCode::NOT_MODIFIED).header(ETAG, &version);
    }
    changed(head, resource)
}

/// Answers with a resource after a change.
pub(super) fn changed(head: &Head, mut resource: ScimResource) -> Response {
    let version = version(&resource).to_owned();
    projection_of_query(&query(head)).apply(&mut resource);
    plain(&resource.into()).header(ETAG, &version)
}

/// Answers with a new resource (RFC 7644 §3.3).
pub(super) fn created(head: &Head, resource: ScimResource) -> Response {
    let location = resource["meta"]["location"].as_str().unwrap_or_default().to_owned();
    changed(head, resource).status(StatusCode::CREATED).header(LOCATION, &location)
}

/// Answers with a page. `offset` is the position of its first resource, from 0.
pub(super) fn list(
    mut resources: Vec<ScimResource>,
    total: usize,
    offset: usize,
    projection: &Projection,
) -> Response {
    resources.iter_mut().for_each(|resource| projection.apply(resource));
    plain(&json!({
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": offset.saturating_add(1),
        "itemsPerPage": resources.len(),
        "Resources": resources,
    }))
}

/// The versions that a change is for; any without `If-Match`.
#[derive(Debug, Clone)]
pub(super) struct ExpectedVersion(Option<String>);

impl ExpectedVersion {
    pub(super) fn of(head: &Head) -> Self {
        // A value that is no text names no version.
        let text = |value: &hyper::header::HeaderValue| value.to_str().unwrap_or("").to_owned();
        Self(head.headers.get(IF_MATCH).map(text))
    }

    /// Refuses a change of another version than that of the current resource, which is loaded only if it matters.
    /// Runs in the transaction of the change.
    pub(super) fn check<E: Into<ScimError>>(
        &self,
        current: impl FnOnce() -> Result<ScimResource, E>,
    ) -> Result<(), ScimError> {
        let Some(expected) = &self.0 else { return Ok(()) };
        let current = current().map_err(Into::into)?;
        if names_version(expected, version(&current)) {
            Ok(())
        } else {
            Err(ScimError::precondition_failed())
        }
    }
}
