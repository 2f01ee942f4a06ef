//! `Api` and `ApiPermission` (Pocket ID 2.14)

use serde::Serialize;

use crate::model::{
    Api, ApiId, ApiName, Permission, PermissionDescription, PermissionId, Resource, ScopeName,
    Timestamp,
};

/// An API.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiView {
    id: ApiId,
    /// The display name.
    pub name: ApiName,
    /// The resource identifier.
    pub resource: Resource,
    /// Whether unregistered clients (with a metadata document) may use it.
    #[serde(rename = "allowCimdClients")]
    pub is_open_to_metadata_clients: bool,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Its permissions.
    pub permissions: Vec<PermissionView>,
}

/// A permission.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PermissionView {
    id: PermissionId,
    /// The scope that grants it.
    pub key: ScopeName,
    name: ApiName,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<PermissionDescription>,
    /// Whether unregistered clients (with a metadata document) may request it.
    #[serde(rename = "allowedForCimdClients")]
    pub is_open_to_metadata_clients: bool,
}

impl ApiView {
    /// The API as the REST API shows it.
    pub fn of(api: &Api) -> Self {
        Self {
            id: api.id,
            name: api.name.clone(),
            resource: api.resource.clone(),
            is_open_to_metadata_clients: api.is_open_to_metadata_clients,
            created_at: api.created_at,
            permissions: api.permissions.iter().map(PermissionView::of).collect(),
        }
    }
}

impl PermissionView {
    fn of(permission: &Permission) -> Self {
        let description = &permission.description;
        Self {
            id: permission.id,
            key: permission.key.clone(),
            name: permission.name.clone(),
            is_open_to_metadata_clients: permission.is_open_to_metadata_clients,
            description: (!description.as_str().is_empty()).then(|| description.clone()),
        }
    }
}
