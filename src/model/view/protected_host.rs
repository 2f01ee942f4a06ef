//! A host behind forward auth in the REST API. Not part of Pocket ID.

use serde::Serialize;

use crate::model::{
    Group, GroupId, GroupName, HostAddress, IdentityHeaders, OpenPaths, ProtectedHost,
    ProtectedHostId, Timestamp,
};

/// A host behind forward auth.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProtectedHostView {
    id: ProtectedHostId,
    host: HostAddress,
    is_group_restricted: bool,
    /// The groups that are let in, if it is restricted to groups.
    allowed_user_groups: Vec<AllowedGroupView>,
    headers: IdentityHeaders,
    open_paths: OpenPaths,
    session_duration_minutes: i64,
    accepts_bearer_tokens: bool,
    accepts_api_keys: bool,
    created_at: Timestamp,
}

/// A group that a host lets in.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AllowedGroupView {
    id: GroupId,
    name: GroupName,
}

impl AllowedGroupView {
    /// The group as administrators see it.
    pub fn of(group: &Group) -> Self {
        Self { id: group.id, name: group.name.clone() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }
}

impl ProtectedHostView {
    /// The host as administrators see it.
    pub fn of(host: &ProtectedHost, groups: &[Group]) -> Self {
        Self {
            id: host.id,
            host: host.host.clone(),
            is_group_restricted: host.is_group_restricted,
            allowed_user_groups: groups.iter().map(AllowedGroupView::of).collect(),
            headers: host.headers.clone(),
            open_paths: host.open_paths.clone(),
            session_duration_minutes: host.session_seconds / 60,
            accepts_bearer_tokens: host.accepts_bearer_tokens,
            accepts_api_keys: host.accepts_api_keys,
            created_at: host.created_at,
        }
    }

    /// Its id.
    pub fn id(&self) -> ProtectedHostId {
        self.id
    }

    /// The host.
    pub fn host(&self) -> &HostAddress {
        &self.host
    }

    /// When it was created.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// The names of the groups that it lets in; none when it lets in everyone.
    pub fn group_names(&self) -> Option<Vec<&str>> {
        let names = self.allowed_user_groups.iter().map(|group| group.name.as_str());
        self.is_group_restricted.then(|| names.collect())
    }
}
