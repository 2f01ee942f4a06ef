//! Requests to a SCIM endpoint.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::Url;

use super::{ProvisioningError, ProvisioningMeans, error::RefusedRequest};
use crate::{
    crypto::Secret,
    model::{ProvisionedKind, ScimEndpoint},
    outbound::{Answer, ApiRequest, Reach, RequestHeader},
    scim::{MEDIA_TYPE, RemotePage, RemoteResource, pause_before_retry},
};

/// The time limit of one request.
const TIME: Duration = Duration::from_secs(30);
/// The longest accepted answer, in bytes: a page of a thousand users with many attributes.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// The longest resource that is read to be sent back, in bytes.
const MAX_RESOURCE: usize = 1024 * 1024;

/// A SCIM endpoint.
pub(super) struct ScimService<'a> {
    means: ProvisioningMeans<'a>,
    base: Url,
    authorization: Option<Secret>,
    token: Option<Secret>,
}

/// The answer of an endpoint to a change.
pub(super) enum ChangeAnswer {
    /// It did it. The id is in the answer, unless that cannot be read.
    Done(Option<String>),
    /// Another resource has the unique attribute (RFC 7644 §3.3).
    Conflict(RefusedRequest),
    /// There is no such resource.
    Missing(RefusedRequest),
    /// It refused this change.
    Refused(RefusedRequest),
}

/// The answer of an endpoint that is asked for one resource.
pub(super) enum LookUpAnswer {
    /// The resource with all of its attributes.
    Found(Map<String, Value>),
    /// There is no such resource.
    Missing,
    /// It refused to show it.
    Refused(RefusedRequest),
    /// The answer is no resource.
    Unreadable,
}

/// The path of the resources of a kind (RFC 7644 §3.2).
pub(super) fn path_of(kind: ProvisionedKind) -> &'static str {
    match kind {
        ProvisionedKind::Group => "Groups",
        ProvisionedKind::User => "Users",
    }
}

impl<'a> ScimService<'a> {
    pub(super) fn new(
        means: ProvisioningMeans<'a>,
        endpoint: &ScimEndpoint,
        token: Option<Secret>,
    ) -> Result<Self, ProvisioningError> {
        let base = Url::parse(endpoint.as_str());
        let base = base.map_err(|_| ProvisioningError::Malformed("its address is no URL"))?;
        let bearer = |token: &Secret| Secret::new(format!("Bearer {}", token.expose()));
        Ok(Self { means, base, authorization: token.as_ref().map(bearer), token })
    }

    /// Lists a page of resources.
    pub(super) async fn list(
        &self,
        kind: ProvisionedKind,
        start: u64,
        count: u64,
    ) -> Result<RemotePage, ProvisioningError> {
        let (start, count) = (start.to_string(), count.to_string());
        let url = self.address(kind, None, &[("startIndex", &start), ("count", &count)]);
        self.read("GET", path_of(kind), &url).await
    }

    /// Finds the resources whose attribute has a value.
    pub(super) async fn find(
        &self,
        kind: ProvisionedKind,
        attribute: &str,
        value: &str,
    ) -> Result<Vec<RemoteResource>, ProvisioningError> {
        // RFC 7644 §3.4.2.2: a value is a JSON string.
        let quoted = serde_json::Value::from(value).to_string();
        let filter = format!("{attribute} eq {quoted}");
        let url = self.address(kind, None, &[("filter", &filter)]);
        Ok(self.read::<RemotePage>("GET", path_of(kind), &url).await?.resources)
    }

    /// Reads a resource.
    pub(super) async fn look_up(
        &self,
        kind: ProvisionedKind,
        id: &str,
    ) -> Result<LookUpAnswer, ProvisioningError> {
        let answer = self.send("GET", &self.address(kind, Some(id), &[]), None).await?;
        if answer.status == 404 {
            return Ok(LookUpAnswer::Missing);
        }
        if answer.status != 200 {
            let refused = self.refused("GET", path_of(kind), &answer);
            if refused.is_about_everything() {
                return Err(ProvisioningError::Answer(refused));
            }
            return Ok(LookUpAnswer::Refused(refused));
        }
        let body = Some(&answer.body).filter(|body| body.len() <= MAX_RESOURCE);
        let read = body.and_then(|body| serde_json::from_slice(body).ok());
        Ok(read.map_or(LookUpAnswer::Unreadable, LookUpAnswer::Found))
    }

    /// Creates a resource.
    pub(super) async fn create(
        &self,
        kind: ProvisionedKind,
        json: &str,
    ) -> Result<ChangeAnswer, ProvisioningError> {
        self.change("POST", kind, None, Some(json)).await
    }

    /// Replaces a resource.
    pub(super) async fn replace(
        &self,
        kind: ProvisionedKind,
        id: &str,
        json: &str,
    ) -> Result<ChangeAnswer, ProvisioningError> {
        self.change("PUT", kind, Some(id), Some(json)).await
    }

    /// Deletes a resource.
    pub(super) async fn delete(
        &self,
        kind: ProvisionedKind,
        id: &str,
    ) -> Result<ChangeAnswer, ProvisioningError> {
        self.change("DELETE", kind, Some(id), None).await
    }

    async fn change(
        &self,
        method: &'static str,
        kind: ProvisionedKind,
        id: Option<&str>,
        body: Option<&str>,
    ) -> Result<ChangeAnswer, ProvisioningError> {
        let answer = self.send(method, &self.address(kind, id, &[]), body).await?;
        if (200..300).contains(&answer.status) {
            let resource = serde_json::from_slice::<RemoteResource>(&answer.body);
            return Ok(ChangeAnswer::Done(resource.ok().and_then(|resource| resource.id)));
        }
        let refused = self.refused(method, path_of(kind), &answer);
        match answer.status {
            404 => Ok(ChangeAnswer::Missing(refused)),
            409 => Ok(ChangeAnswer::Conflict(refused)),
            _ if refused.is_about_everything() => Err(ProvisioningError::Answer(refused)),
            _ => Ok(ChangeAnswer::Refused(refused)),
        }
    }

    async fn read<T: DeserializeOwned>(
        &self,
        method: &'static str,
        path: &'static str,
        url: &Url,
    ) -> Result<T, ProvisioningError> {
        let answer = self.send(method, url, None).await?;
        if answer.status != 200 {
            return Err(ProvisioningError::Answer(self.refused(method, path, &answer)));
        }
        let malformed = |()| {
            ProvisioningError::Malformed("its answer is no list of resources, or too long a one")
        };
        // A list response is an object (RFC 7644 §3.4.2), but a struct is also read from an array.
        if !answer.body.trim_ascii_start().starts_with(b"{") {
            return Err(malformed(()));
        }
        serde_json::from_slice(&answer.body).map_err(|_| malformed(()))
    }

    fn refused(&self, method: &'static str, path: &'static str, answer: &Answer) -> RefusedRequest {
        RefusedRequest::new(method, path, answer, self.token.as_ref().map(Secret::expose))
    }

    /// Sends a request, and again when the endpoint asks to wait.
    async fn send(
        &self,
        method: &'static str,
        url: &Url,
        body: Option<&str>,
    ) -> Result<Answer, ProvisioningError> {
        let mut headers = vec![RequestHeader { name: "accept", value: MEDIA_TYPE }];
        if body.is_some() {
            headers.push(RequestHeader { name: "content-type", value: MEDIA_TYPE });
        }
        if let Some(authorization) = &self.authorization {
            headers.push(RequestHeader { name: "authorization", value: authorization.expose() });
        }
        let mut attempts = 0;
        loop {
            let body = body.map(|body| body.to_owned().into());
            let request = ApiRequest { method, headers: &headers, body, limit: MAX_ANSWER };
            let answer = self.means.outbound.call(url, Reach::Anywhere, TIME, request).await?;
            attempts += 1;
            let retry_after = answer.headers.get("retry-after");
            let retry_after = retry_after.and_then(|value| value.to_str().ok());
            let now = self.means.now();
            match pause_before_retry(answer.status, retry_after, attempts, now) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Ok(answer),
            }
        }
    }

    /// The address of the resources of a kind, or of one of them. The query of the endpoint's own
    /// address is kept.
    fn address(&self, kind: ProvisionedKind, id: Option<&str>, query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push(path_of(kind)).extend(id);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}
