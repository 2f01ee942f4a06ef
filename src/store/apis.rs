//! `apis`, their permissions, and the clients that may use them, for themselves or on behalf of
//! users.

use super::{
    Row, StoreError, Tx, client_registrations,
    list::{List, ListPage, ListQuery},
    value::{params, parse_column},
};
use crate::model::{
    Api, ApiAccess, ApiGrant, ApiId, ApiName, ClientId, Permission, Resource, ScopeName,
    SubjectType,
};

const FIND_BY_RESOURCE: &str = "
    SELECT id, name, resource, created_at, is_open_to_metadata_clients
      FROM apis
     WHERE resource = ?1";

const FIND_BY_ID: &str = "
    SELECT id, name, resource, created_at, is_open_to_metadata_clients FROM apis WHERE id = ?1";

const PAGES: List = List {
    columns: "id, name, resource, created_at, is_open_to_metadata_clients",
    from: "apis",
    condition: None,
    key: "id",
    sortable: &[
        ("name", "name"),
        ("resource", "resource"),
        ("audience", "resource"),
        ("createdAt", "created_at"),
    ],
    order: "created_at, id",
    filterable: &[],
    searched: &["LOWER(name)", "LOWER(resource)"],
    changes: None,
};

/// APIs that the client `?1` has no access to, neither by a grant nor because it has a metadata
/// document.
const PAGES_FOR_CLIENT: List = List {
    condition: Some(
        "NOT EXISTS (SELECT 1 FROM api_grants g WHERE g.api_id = apis.id AND g.client_id = ?1)
         AND NOT (is_open_to_metadata_clients = 1 AND (EXISTS (
             SELECT 1 FROM client_metadata_documents d WHERE d.client_id = ?1) OR EXISTS (
             SELECT 1 FROM client_registrations r WHERE r.client_id = ?1)))",
    ),
    ..PAGES
};

const LIST_OF_CLIENT: &str = "
    SELECT id, name, resource, created_at, is_open_to_metadata_clients
      FROM apis
     WHERE id IN (SELECT api_id FROM api_grants WHERE client_id = ?1)
        OR (is_open_to_metadata_clients = 1 AND (EXISTS (
            SELECT 1 FROM client_metadata_documents d WHERE d.client_id = ?1) OR EXISTS (
            SELECT 1 FROM client_registrations r WHERE r.client_id = ?1)))
     ORDER BY name, id";

const LIST: &str = "
    SELECT id, name, resource, created_at, is_open_to_metadata_clients FROM apis ORDER BY resource";

const PERMISSIONS: &str = "
    SELECT id, key, name, description, is_open_to_metadata_clients
      FROM api_permissions
     WHERE api_id = ?1
     ORDER BY key";

const INSERT: &str = "
    INSERT INTO apis (id, name, resource, created_at, is_open_to_metadata_clients)
    VALUES (?1, ?2, ?3, ?4, ?5)";

const RENAME: &str = "UPDATE apis SET name = ?2 WHERE id = ?1";

const DELETE: &str = "DELETE FROM apis WHERE id = ?1";

const INSERT_PERMISSION: &str = "
    INSERT INTO api_permissions (api_id, id, key, name, description, is_open_to_metadata_clients)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const OPEN: &str = "UPDATE apis SET is_open_to_metadata_clients = ?2 WHERE id = ?1";

const UPDATE_PERMISSION: &str = "
    UPDATE api_permissions SET name = ?3, description = ?4, is_open_to_metadata_clients = ?5
     WHERE api_id = ?1 AND key = ?2";

const DELETE_PERMISSION: &str = "DELETE FROM api_permissions WHERE api_id = ?1 AND key = ?2";

const INSERT_GRANT: &str =
    "INSERT INTO api_grants (api_id, client_id, subject_type) VALUES (?1, ?2, ?3)";

const GRANT_PERMISSION: &str = "
    INSERT INTO api_granted_permissions (api_id, client_id, subject_type, permission_key)
    VALUES (?1, ?2, ?3, ?4)";

const DELETE_GRANT: &str =
    "DELETE FROM api_grants WHERE api_id = ?1 AND client_id = ?2 AND subject_type = ?3";

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

/// A query for grants of an API, with one row per permission.
macro_rules! select_grants {
    ($which:literal) => {
        concat!(
            "SELECT g.client_id, g.subject_type, p.permission_key
               FROM api_grants g
               LEFT JOIN api_granted_permissions p
                      ON p.api_id = g.api_id AND p.client_id = g.client_id
                     AND p.subject_type = g.subject_type
              WHERE g.api_id = ?1 ",
            $which,
            " ORDER BY g.client_id, g.subject_type, p.permission_key"
        )
    };
}

const GRANTS_OF_API: &str = select_grants!("");

const GRANTS_OF_CLIENT: &str = select_grants!("AND g.client_id = ?2");

/// Finds an API by its resource identifier.
pub fn find(tx: &mut Tx<'_>, resource: &Resource) -> Result<Option<Api>, StoreError> {
    let api = tx.query_opt(FIND_BY_RESOURCE, params![resource], read)?;
    api.map(|api| with_permissions(tx, api)).transpose()
}

/// Finds an API by its id.
pub fn find_by_id(tx: &mut Tx<'_>, id: ApiId) -> Result<Option<Api>, StoreError> {
    let api = tx.query_opt(FIND_BY_ID, params![id], read)?;
    api.map(|api| with_permissions(tx, api)).transpose()
}

/// Lists a page of APIs.
pub fn page(tx: &mut Tx<'_>, query: &ListQuery) -> Result<ListPage<Api>, StoreError> {
    let page = PAGES.page(tx, &[], query, read)?;
    page_with_permissions(tx, page)
}

/// Lists the first APIs.
pub fn first(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Vec<Api>, StoreError> {
    let apis = PAGES.first(tx, &[], query, read)?;
    apis.into_iter().map(|api| with_permissions(tx, api)).collect()
}

/// Lists a page of the APIs that a client has no access to.
pub fn page_for_client(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    query: &ListQuery,
) -> Result<ListPage<Api>, StoreError> {
    let page = PAGES_FOR_CLIENT.page(tx, &[client_id], query, read)?;
    page_with_permissions(tx, page)
}

/// Lists the APIs that a client may use, by name.
pub fn list_of_client(tx: &mut Tx<'_>, client_id: &ClientId) -> Result<Vec<Api>, StoreError> {
    let apis = tx.query_all(LIST_OF_CLIENT, params![client_id], read)?;
    apis.into_iter().map(|api| with_permissions(tx, api)).collect()
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

/// Renames an API.
pub fn rename(tx: &mut Tx<'_>, id: ApiId, name: &ApiName) -> Result<(), StoreError> {
    tx.execute(RENAME, params![id, name])?.expect_rows(1)
}

/// Deletes an API, with its permissions and grants.
pub fn delete(tx: &mut Tx<'_>, id: ApiId) -> Result<(), StoreError> {
    tx.execute(DELETE, params![id])?.expect_rows(1)
}

/// Stores a new permission.
pub fn insert_permission(
    tx: &mut Tx<'_>,
    api_id: ApiId,
    permission: &Permission,
) -> Result<(), StoreError> {
    let Permission { id, key, name, description, is_open_to_metadata_clients } = permission;
    let params = params![api_id, id, key, name, description, is_open_to_metadata_clients];
    tx.execute(INSERT_PERMISSION, params)?.expect_rows(1)
}

/// Updates a permission.
pub fn update_permission(
    tx: &mut Tx<'_>,
    id: ApiId,
    permission: &Permission,
) -> Result<(), StoreError> {
    let Permission { id: _, key, name, description, is_open_to_metadata_clients } = permission;
    let params = params![id, key, name, description, is_open_to_metadata_clients];
    tx.execute(UPDATE_PERMISSION, params)?.expect_rows(1)
}

/// Deletes a permission and removes it from every grant. `false` when it does not exist.
pub fn delete_permission(tx: &mut Tx<'_>, id: ApiId, key: &ScopeName) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE_PERMISSION, params![id, key])?.rows() == 1)
}

/// Stores a new grant, with its permissions.
pub fn insert_grant(tx: &mut Tx<'_>, id: ApiId, grant: &ApiGrant) -> Result<(), StoreError> {
    let subject = grant.subject_type.as_str();
    tx.execute(INSERT_GRANT, params![id, grant.client_id, subject])?.expect_rows(1)?;
    grant.permissions.iter().try_for_each(|key| {
        let params = params![id, grant.client_id, subject, key];
        tx.execute(GRANT_PERMISSION, params)?.expect_rows(1)
    })
}

/// Deletes a grant, with its permissions. `false` when it does not exist.
pub fn delete_grant(
    tx: &mut Tx<'_>,
    id: ApiId,
    client_id: &ClientId,
    subject_type: SubjectType,
) -> Result<bool, StoreError> {
    let params = params![id, client_id, subject_type.as_str()];
    Ok(tx.execute(DELETE_GRANT, params)?.rows() == 1)
}

/// Opens an API to all clients with a metadata document, on behalf of users, or closes it to them.
pub fn open_to_metadata_clients(
    tx: &mut Tx<'_>,
    id: ApiId,
    is_open: bool,
) -> Result<(), StoreError> {
    tx.execute(OPEN, params![id, is_open])?.expect_rows(1)
}

/// Finds the permissions of a client for an API, by subject type. `None` when it has no access or
/// the API does not exist.
pub fn access(
    tx: &mut Tx<'_>,
    resource: &Resource,
    client_id: &ClientId,
    subject_type: SubjectType,
) -> Result<Option<ApiAccess>, StoreError> {
    let params = params![resource, client_id, subject_type.as_str()];
    let rows: Vec<Option<ScopeName>> = tx.query_all(ACCESS, params, |row| row.get(0))?;
    let open = if subject_type == SubjectType::User && describes_itself(tx, client_id)? {
        find(tx, resource)?.filter(|api| api.is_open_to_metadata_clients)
    } else {
        None
    };
    if rows.is_empty() && open.is_none() {
        return Ok(None);
    }
    let open = open.into_iter().flat_map(|api| api.permissions);
    let open = open.filter(|one| one.is_open_to_metadata_clients).map(|one| one.key);
    let permissions = rows.into_iter().flatten().chain(open).collect();
    Ok(Some(ApiAccess { resource: resource.clone(), permissions }))
}

/// Whether no administrator registered a client: it has a metadata document, or registered itself.
fn describes_itself(tx: &mut Tx<'_>, id: &ClientId) -> Result<bool, StoreError> {
    Ok(id.is_url() || client_registrations::exists(tx, id)?)
}

/// Lists the grants of an API.
pub fn list_grants(tx: &mut Tx<'_>, id: ApiId) -> Result<Vec<ApiGrant>, StoreError> {
    let rows = tx.query_all(GRANTS_OF_API, params![id], read_grant)?;
    Ok(gather(rows))
}

/// Lists the grants of an API to one client: at most one for the client itself and one for users.
pub fn list_grants_of(
    tx: &mut Tx<'_>,
    id: ApiId,
    client_id: &ClientId,
) -> Result<Vec<ApiGrant>, StoreError> {
    let rows = tx.query_all(GRANTS_OF_CLIENT, params![id, client_id], read_grant)?;
    Ok(gather(rows))
}

/// A row of a grant: one of its permissions, or `None` if it has none.
type GrantRow = (ClientId, SubjectType, Option<ScopeName>);

fn read_grant(row: &Row<'_>) -> Result<GrantRow, StoreError> {
    let subject: String = row.get(1)?;
    let subject = parse_column(&subject, SubjectType::parse, 1, "subject type")?;
    Ok((row.get(0)?, subject, row.get(2)?))
}

fn gather(rows: Vec<GrantRow>) -> Vec<ApiGrant> {
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
    grants
}

fn page_with_permissions(
    tx: &mut Tx<'_>,
    page: ListPage<Api>,
) -> Result<ListPage<Api>, StoreError> {
    let items = page.items.into_iter().map(|api| with_permissions(tx, api));
    Ok(ListPage { items: items.collect::<Result<_, _>>()?, ..page })
}

fn with_permissions(tx: &mut Tx<'_>, mut api: Api) -> Result<Api, StoreError> {
    api.permissions = tx.query_all(PERMISSIONS, params![api.id], |row| {
        Ok(Permission {
            id: row.get(0)?,
            key: row.get(1)?,
            name: row.get(2)?,
            description: row.get(3)?,
            is_open_to_metadata_clients: row.get(4)?,
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
