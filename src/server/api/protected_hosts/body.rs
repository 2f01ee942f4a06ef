//! The body of a protected host.

use serde::Deserialize;

use super::super::group_ids::group_ids;
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
    /// Whether only members of the groups are let in; unless given, true if there are any.
    is_group_restricted: Option<bool>,
    /// Ids of groups; those that do not exist are ignored. A change without them keeps them.
    allowed_user_group_ids: Option<Vec<String>>,
    /// The names of the headers that tell the application its user; an empty one is not sent.
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
    id: String,
}

impl Default for HeadersBody {
    fn default() -> Self {
        let IdentityHeaders { user, name, email, groups, id } = IdentityHeaders::default();
        let text = |header: IdentityHeader| header.as_str().to_owned();
        let (email, groups) = (text(email), text(groups));
        Self { user: text(user), name: text(name), email, groups, id: text(id) }
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
            id: parse("headers.id", &self.id)?,
        };
        headers.check().map_err(|error| ("headers", error))?;
        Ok(headers)
    }
}

impl ProtectedHostBody {
    /// Whether groups were given.
    pub(super) fn has_groups(&self) -> bool {
        self.allowed_user_group_ids.is_some()
    }

    /// Whether it is restricted to groups. `None` if nothing was said: a host is not opened by leaving something out.
    pub(super) fn is_group_restricted(&self) -> Option<bool> {
        let has_groups = self.allowed_user_group_ids.as_ref().map(|ids| !ids.is_empty());
        self.is_group_restricted.or(has_groups)
    }

    /// Checks every field and reports all faults at once.
    pub(super) fn check(&self) -> Result<ProtectedHostDraft, ApiError> {
        let host = self.host.parse::<HostAddress>();
        let headers = self.headers.check();
        let paths = OpenPaths::parse(&self.open_paths);
        let seconds = self.session_duration_minutes.saturating_mul(60);
        let seconds = ProtectedHost::check_session(seconds);
        let ids = self.allowed_user_group_ids.as_deref().unwrap_or_default();
        let groups = group_ids("allowedUserGroupIds", ids);
        match (host, headers, paths, seconds, groups) {
            (Ok(host), Ok(headers), Ok(open_paths), Ok(session_seconds), Ok(groups)) => {
                Ok(ProtectedHostDraft {
                    host,
                    is_group_restricted: self.is_group_restricted().unwrap_or_default(),
                    groups,
                    headers,
                    open_paths,
                    session_seconds,
                    accepts_bearer_tokens: self.accepts_bearer_tokens,
                    accepts_api_keys: self.accepts_api_keys,
                })
            }
            (host, headers, paths, seconds, groups) => {
                let faults = [
                    host.err().map(|error| ("host", error)),
                    headers.err(),
                    paths.err().map(|error| ("openPaths", error)),
                    seconds.err().map(|error| ("sessionDurationMinutes", error)),
                ];
                let faults = faults.into_iter().flatten();
                let faults = faults.map(|(field, error)| FieldError::new(field, error));
                Err(ApiError::validation(faults.chain(groups.err()).collect()))
            }
        }
    }
}
