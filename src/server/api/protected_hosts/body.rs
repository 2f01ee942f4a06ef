//! The body of a protected host.

use serde::Deserialize;

use crate::{
    model::{
        HostAddress, IdentityHeader, IdentityHeaders, OpenPaths, ProtectedHost, text::TextError,
    },
    operations::protected_hosts::ProtectedHostDraft,
    server::http::{ApiError, api_error::FieldError},
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["host"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct ProtectedHostBody {
    /// A host, and its port unless that is 80 or 443.
    #[serde(default)]
    host: String,
    /// Whether only members of the groups are let in.
    #[serde(default)]
    is_group_restricted: bool,
    /// Ids of groups; those that do not exist are ignored.
    #[serde(default)]
    allowed_user_group_ids: Vec<String>,
    /// The names of the headers that tell the application who asks; an empty one is not sent.
    #[serde(default)]
    headers: HeadersBody,
    /// Paths that are open to everyone, such as `/health` or `/public/*`.
    #[serde(default)]
    open_paths: Vec<String>,
    #[serde(default = "usual_minutes")]
    session_duration_minutes: i64,
    #[serde(default)]
    accepts_bearer_tokens: bool,
    #[serde(default)]
    accepts_api_keys: bool,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ProtectedHostHeadersBody"))]
#[serde(default)]
struct HeadersBody {
    user: String,
    name: String,
    email: String,
    groups: String,
}

impl Default for HeadersBody {
    fn default() -> Self {
        let IdentityHeaders { user, name, email, groups } = IdentityHeaders::default();
        let text = |header: IdentityHeader| header.as_str().to_owned();
        Self { user: text(user), name: text(name), email: text(email), groups: text(groups) }
    }
}

fn usual_minutes() -> i64 {
    ProtectedHost::USUAL_SESSION / 60
}

impl HeadersBody {
    fn check(&self) -> Result<IdentityHeaders, (&'static str, TextError)> {
        let parse = |field, text: &str| text.parse().map_err(|error| (field, error));
        let headers = IdentityHeaders {
            user: parse("headers.user", &self.user)?,
            name: parse("headers.name", &self.name)?,
            email: parse("headers.email", &self.email)?,
            groups: parse("headers.groups", &self.groups)?,
        };
        headers.check().map_err(|error| ("headers", error))?;
        Ok(headers)
    }
}

impl ProtectedHostBody {
    /// Checks every field and reports all faults at once.
    pub(super) fn check(&self) -> Result<ProtectedHostDraft, ApiError> {
        let host = self.host.parse::<HostAddress>();
        let headers = self.headers.check();
        let paths = OpenPaths::parse(&self.open_paths);
        let seconds = self.session_duration_minutes.saturating_mul(60);
        let seconds = ProtectedHost::check_session(seconds);
        match (host, headers, paths, seconds) {
            (Ok(host), Ok(headers), Ok(open_paths), Ok(session_seconds)) => {
                let groups = self.allowed_user_group_ids.iter().filter_map(|id| id.parse().ok());
                Ok(ProtectedHostDraft {
                    host,
                    is_group_restricted: self.is_group_restricted,
                    groups: groups.collect(),
                    headers,
                    open_paths,
                    session_seconds,
                    accepts_bearer_tokens: self.accepts_bearer_tokens,
                    accepts_api_keys: self.accepts_api_keys,
                })
            }
            (host, headers, paths, seconds) => {
                let faults = [
                    host.err().map(|error| ("host", error)),
                    headers.err(),
                    paths.err().map(|error| ("openPaths", error)),
                    seconds.err().map(|error| ("sessionDurationMinutes", error)),
                ];
                let faults = faults.into_iter().flatten();
                let faults = faults.map(|(field, error)| FieldError::new(field, error));
                Err(ApiError::validation(faults.collect()))
            }
        }
    }
}
