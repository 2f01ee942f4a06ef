//! `ApiClientGrant` and related objects (Pocket ID 2.14)

use serde::Serialize;

use super::ApiView;
use crate::model::{Api, ApiGrant, ClientId, ClientName, Logos, PermissionId, SubjectType};

/// The API access of a client.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiClientGrantView {
    user_delegated_access: bool,
    client_access: bool,
    user_delegated_permission_ids: Vec<PermissionId>,
    client_permission_ids: Vec<PermissionId>,
}

impl ApiClientGrantView {
    /// Combines a client's grants, at most one per subject type.
    pub fn of(api: &Api, grants: &[&ApiGrant]) -> Self {
        let find = |subject| grants.iter().find(|grant| grant.subject_type == subject);
        let ids = |subject| {
            let keys = find(subject).into_iter().flat_map(|grant| &grant.permissions);
            keys.filter_map(|key| Some(api.permission(key)?.id)).collect()
        };
        Self {
            user_delegated_access: find(SubjectType::User).is_some(),
            client_access: find(SubjectType::Client).is_some(),
            user_delegated_permission_ids: ids(SubjectType::User),
            client_permission_ids: ids(SubjectType::Client),
        }
    }
}

/// The API access that a client has because it has a metadata document.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct MetadataAccessView {
    cimd_granted_access: bool,
    cimd_granted_permission_ids: Vec<PermissionId>,
}

impl MetadataAccessView {
    fn of(api: &Api, is_metadata_client: bool) -> Self {
        let is_open = is_metadata_client && api.is_open_to_metadata_clients;
        let open = api.permissions.iter().filter(|one| is_open && one.is_open_to_metadata_clients);
        Self {
            cimd_granted_access: is_open,
            cimd_granted_permission_ids: open.map(|one| one.id).collect(),
        }
    }
}

/// A client in the list of an API's clients.
#[derive(Debug, Clone)]
pub struct ApiClient {
    /// Its id.
    pub id: ClientId,
    /// The display name.
    pub name: ClientName,
    /// Whether it has no secret.
    pub is_public: bool,
    /// Whether it is unregistered and has a metadata document.
    pub is_metadata_client: bool,
    /// Which logos it has.
    pub logos: Logos,
}

/// A client in the list of those that may use an API, or could be allowed to.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiClientView {
    id: ClientId,
    name: ClientName,
    client_type: &'static str,
    is_public: bool,
    has_logo: bool,
    has_dark_logo: bool,
}

impl ApiClientView {
    /// Builds the list entry.
    pub fn of(client: &ApiClient) -> Self {
        Self {
            id: client.id.clone(),
            name: client.name.clone(),
            client_type: if client.is_metadata_client { "cimd" } else { "standard" },
            is_public: client.is_public,
            has_logo: client.logos.light,
            has_dark_logo: client.logos.dark,
        }
    }
}

/// A client and its access to an API.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ApiClientAccessView {
    client: ApiClientView,
    #[serde(flatten)]
    grant: ApiClientGrantView,
    #[serde(flatten)]
    metadata_access: MetadataAccessView,
}

impl ApiClientAccessView {
    /// Combines a client with its grants.
    pub fn of(api: &Api, client: &ApiClient, grants: &[&ApiGrant]) -> Self {
        Self {
            client: ApiClientView::of(client),
            grant: ApiClientGrantView::of(api, grants),
            metadata_access: MetadataAccessView::of(api, client.is_metadata_client),
        }
    }
}

/// An API and the access that a client has to it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ClientApiGrantView {
    api: ApiView,
    #[serde(flatten)]
    grant: ApiClientGrantView,
    #[serde(flatten)]
    metadata_access: MetadataAccessView,
}

impl ClientApiGrantView {
    /// Combines an API with the grants of one client.
    pub fn of(api: &Api, is_metadata_client: bool, grants: &[&ApiGrant]) -> Self {
        Self {
            api: ApiView::of(api),
            grant: ApiClientGrantView::of(api, grants),
            metadata_access: MetadataAccessView::of(api, is_metadata_client),
        }
    }
}
