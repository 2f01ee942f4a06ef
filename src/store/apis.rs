//! `apis`, their permissions, and which clients may use them on whose behalf.

use super::{
    Row, StoreError, Tx,
    value::{params, parse_column},
};
use crate::model::{
    Api, ApiAccess, ApiId, ApiName, ClientId, Permission, Resource, ScopeName, SubjectType,
};

const FIND_BY_RESOURCE: &str = "
    SELECT id, name, resource, created_at, is_open_to_metadata_clients
      FROM apis
     WHERE resource = ?1";

const LIST: &str = "
    SELECT id, name, resource, created_at, is_open_to_metadata_clients FROM apis ORDER BY resource";

const PERMISSIONS: &str = "
    SELECT key, name, description, is_open_to_metadata_clients
      FROM api_permissions
     WHERE api_id = ?1
     ORDER BY key";

const INSERT: &str = "
    INSERT INTO apis (id, name, resource, created_at, is_open_to_metadata_clients)
    VALUES (?1, ?2, ?3, ?4, ?5)";

const RENAME: &str = "UPDATE apis SET name = ?2 WHERE id = ?1";

const DELETE: &str = "DELETE FROM apis WHERE id = ?1";

const INSERT_PERMISSION: &str = "
    INSERT INTO api_permissions (api_id, key, name, description, is_open_to_metadata_clients)
    VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT DO NOTHING";

const OPEN: &str = "UPDATE apis SET is_open_to_metadata_clients = ?2 WHERE id = ?1";

const OPEN_PERMISSION: &str = "
    UPDATE api_permissions SET is_open_to_metadata_clients = ?3 WHERE api_id = ?1 AND key = ?2";

const UPDATE_PERMISSION: &str = "
    UPDATE api_permissions SET name = ?3, description = ?4, is_open_to_metadata_clients = ?5
     WHERE api_id = ?1 AND key = ?2";

const DELETE_PERMISSION: &str = "DELETE FROM api_permissions WHERE api_id = ?1 AND key = ?2";

const GRANT: &str = "
    INSERT INTO api_grants (api_id, client_id, subject_type) VALUES (?1, ?2, ?3)
    ON CONFLICT DO NOTHING";

const GRANT_PERMISSION: &str = "
    INSERT INTO api_granted_permissions (api_id, client_id, subject_type, permission_key)
    VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT DO NOTHING";

const REVOKE: &str = "DELETE FROM api_grants WHERE api_id = ?1 AND client_id = ?2";

const ACCESS: &str = "
    SELECT p.permission_key
      FROM apis a
      JOIN api_grants g ON g.api_id = a.id
      LEFT JOIN api_granted_permissions p
             ON p.api_id = g.api_id AND p.client_id = g.client_id
            AND p.subject_type = g.subject_type
     WHERE a.resource = ?1 AND g.client_id = ?2 AND g.subject_type = ?3
     ORDER BY p.permission_key";

const HAS_PERMISSION: &str = "SELECT key FROM api_permissions WHERE key = ?1 LIMIT 1";

const GRANTS_OF_API: &str = "
    SELECT g.client_id, g.subject_type, p.permission_key
      FROM api_grants g
      LEFT JOIN api_granted_permissions p
             ON p.api_id = g.api_id AND p.client_id = g.client_id
            AND p.subject_type = g.subject_type
     WHERE g.api_id = ?1
     ORDER BY g.client_id, g.subject_type, p.permission_key";

/// A client that may use an API.
#[derive(Debug, Clone)]
pub struct ApiGrant {
    /// The client.
    pub client_id: ClientId,
    /// On whose behalf.
    pub subject_type: SubjectType,
    /// What it may ask for.
    pub permissions: Vec<ScopeName>,
}

/// Finds an API by its resource identifier.
pub fn find(tx: &mut Tx<'_>, resource: &Resource) -> Result<Option<Api>, StoreError> {
    let api = tx.query_opt(FIND_BY_RESOURCE, params![resource], read)?;
    api.map(|api| with_permissions(tx, api)).transpose()
}

/// Whether any API has a permission of this key.
pub fn has_permission(tx: &mut Tx<'_>, key: &ScopeName) -> Result<bool, StoreError> {
    let found = tx.query_opt(HAS_PERMISSION, params![key], |row| row.get::<String>(0))?;
    Ok(found.is_some())
}

/// Lists every API.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Api>, StoreError> {
    let apis = tx.query_all(LIST, params![], read)?;
    apis.into_iter().map(|api| with_permissions(tx, api)).collect()
}

/// Stores a new API, without permissions.
pub fn insert(tx: &mut Tx<'_>, api: &Api) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![api.id, api.name, api.resource, api.created_at, api.is_open_to_metadata_clients],
    )?
    .expect_rows(1)
}

/// Gives an API another name.
pub fn rename(tx: &mut Tx<'_>, id: ApiId, name: &ApiName) -> Result<(), StoreError> {
    tx.execute(RENAME, params![id, name])?.expect_rows(1)
}

/// Deletes an API, with all that clients may do with it.
pub fn delete(tx: &mut Tx<'_>, id: ApiId) -> Result<(), StoreError> {
    tx.execute(DELETE, params![id])?.expect_rows(1)
}

/// Stores a permission. `false` when there is one of this key.
pub fn insert_permission(
    tx: &mut Tx<'_>,
    id: ApiId,
    permission: &Permission,
) -> Result<bool, StoreError> {
    let Permission { key, name, description, is_open_to_metadata_clients } = permission;
    let params = params![id, key, name, description, is_open_to_metadata_clients];
    Ok(tx.execute(INSERT_PERMISSION, params)?.rows() == 1)
}

/// Stores what changed of a permission.
pub fn update_permission(
    tx: &mut Tx<'_>,
    id: ApiId,
    permission: &Permission,
) -> Result<(), StoreError> {
    let Permission { key, name, description, is_open_to_metadata_clients } = permission;
    let params = params![id, key, name, description, is_open_to_metadata_clients];
    tx.execute(UPDATE_PERMISSION, params)?.expect_rows(1)
}

/// Deletes a permission, and takes it from every client. `false` when there is none.
pub fn delete_permission(tx: &mut Tx<'_>, id: ApiId, key: &ScopeName) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE_PERMISSION, params![id, key])?.rows() == 1)
}

/// Lets a client use an API, with these permissions beside those it has.
pub fn grant(
    tx: &mut Tx<'_>,
    id: ApiId,
    client_id: &ClientId,
    (subject_type, permissions): (SubjectType, &[ScopeName]),
) -> Result<(), StoreError> {
    let subject = subject_type.as_str();
    // It may be there already.
    let _ = tx.execute(GRANT, params![id, client_id, subject])?;
    for key in permissions {
        let _ = tx.execute(GRANT_PERMISSION, params![id, client_id, subject, key])?;
    }
    Ok(())
}

/// Takes an API from a client. Says how many grants those were.
pub fn revoke(tx: &mut Tx<'_>, id: ApiId, client_id: &ClientId) -> Result<usize, StoreError> {
    Ok(tx.execute(REVOKE, params![id, client_id])?.rows())
}

/// Lets clients that nobody has registered use an API for their users, or no longer; with these
/// permissions.
pub fn open_to_metadata_clients(
    tx: &mut Tx<'_>,
    id: ApiId,
    (is_open, permissions): (bool, &[ScopeName]),
) -> Result<(), StoreError> {
    tx.execute(OPEN, params![id, is_open])?.expect_rows(1)?;
    for key in permissions {
        tx.execute(OPEN_PERMISSION, params![id, key, is_open])?.expect_rows(1)?;
    }
    Ok(())
}

/// What a client may do with an API on somebody's behalf; `None` when nothing, or when there is no such
/// API.
pub fn access(
    tx: &mut Tx<'_>,
    resource: &Resource,
    client_id: &ClientId,
    subject_type: SubjectType,
) -> Result<Option<ApiAccess>, StoreError> {
    let params = params![resource, client_id, subject_type.as_str()];
    let rows: Vec<Option<ScopeName>> = tx.query_all(ACCESS, params, |row| row.get(0))?;
    let open = match client_id.is_url() && subject_type == SubjectType::User {
        true => find(tx, resource)?.filter(|api| api.is_open_to_metadata_clients),
        false => None,
    };
    if rows.is_empty() && open.is_none() {
        return Ok(None);
    }
    let open = open.into_iter().flat_map(|api| api.permissions);
    let open = open.filter(|one| one.is_open_to_metadata_clients).map(|one| one.key);
    let permissions = rows.into_iter().flatten().chain(open).collect();
    Ok(Some(ApiAccess { resource: resource.clone(), permissions }))
}

/// Lists the clients that may use an API.
pub fn list_grants(tx: &mut Tx<'_>, id: ApiId) -> Result<Vec<ApiGrant>, StoreError> {
    let rows = tx.query_all(GRANTS_OF_API, params![id], |row| {
        let subject: String = row.get(1)?;
        let subject = parse_column(&subject, SubjectType::parse, 1, "subject type")?;
        Ok((row.get::<ClientId>(0)?, subject, row.get::<Option<ScopeName>>(2)?))
    })?;
    let mut grants: Vec<ApiGrant> = Vec::new();
    for (client_id, subject_type, permission) in rows {
        match grants.last_mut() {
            Some(last) if last.client_id == client_id && last.subject_type == subject_type => {
                last.permissions.extend(permission);
            }
            _ => grants.push(ApiGrant {
                client_id,
                subject_type,
                permissions: permission.into_iter().collect(),
            }),
        }
    }
    Ok(grants)
}

fn with_permissions(tx: &mut Tx<'_>, mut api: Api) -> Result<Api, StoreError> {
    api.permissions = tx.query_all(PERMISSIONS, params![api.id], |row| {
        Ok(Permission {
            key: row.get(0)?,
            name: row.get(1)?,
            description: row.get(2)?,
            is_open_to_metadata_clients: row.get(3)?,
        })
    })?;
    Ok(api)
}

fn read(row: &Row<'_>) -> Result<Api, StoreError> {
    Ok(Api {
        id: row.get(0)?,
        name: row.get(1)?,
        resource: row.get(2)?,
        permissions: Vec::new(),
        created_at: row.get(3)?,
        is_open_to_metadata_clients: row.get(4)?,
    })
}
