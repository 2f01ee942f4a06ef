//! Lists the clients that may use an API, and those that may not yet: pages of `clients` joined
//! with `api_grants`.

use super::{
    Row, StoreError, Tx,
    clients::client_type_name,
    list::{FilterKind, List, ListPage, ListQuery},
};
use crate::model::{ApiId, ClientType, Logos, view::ApiClient};

/// SQL condition: the client has a client metadata document, or registered itself.
macro_rules! is_metadata_client {
    () => {
        "(EXISTS (SELECT 1 FROM client_metadata_documents d WHERE d.client_id = c.id)
          OR c.registration IS NOT NULL)"
    };
}

/// SQL condition: the client has a grant of the API `?1`.
macro_rules! has_grant {
    () => {
        "EXISTS (SELECT 1 FROM api_grants g WHERE g.api_id = ?1 AND g.client_id = c.id)"
    };
}

/// SQL condition: the client may use the API `?1` because the API is open to clients with a
/// metadata document.
macro_rules! may_use_by_metadata {
    () => {
        concat!(
            "(",
            is_metadata_client!(),
            " AND EXISTS (SELECT 1 FROM apis a
                           WHERE a.id = ?1 AND a.is_open_to_metadata_clients = 1))"
        )
    };
}

/// The client type as named in the REST API.
const CLIENT_TYPE: &str =
    concat!("CASE WHEN ", is_metadata_client!(), " THEN 'cimd' ELSE 'standard' END");

/// Clients that may use the API `?1`.
const PAGES_OF_API: List = List {
    columns: concat!(
        "c.id, c.name, c.client_type,
         CAST(CASE WHEN ",
        is_metadata_client!(),
        " THEN 1 ELSE 0 END AS BIGINT),
         (SELECT COUNT(*) FROM client_logos l WHERE l.client_id = c.id AND l.theme = 'light'),
         (SELECT COUNT(*) FROM client_logos l WHERE l.client_id = c.id AND l.theme = 'dark')"
    ),
    from: "clients c",
    condition: Some(concat!("(", has_grant!(), " OR ", may_use_by_metadata!(), ")")),
    key: "c.id",
    sortable: &[
        ("name", "c.name"),
        ("createdAt", "c.created_at"),
        ("pkceEnabled", "c.requires_pkce"),
        ("requiresReauthentication", "c.requires_reauthentication"),
        ("requiresPushedAuthorizationRequests", "c.requires_pushed_authorization_requests"),
        ("skipConsent", "c.skips_consent"),
        ("isGroupRestricted", "c.is_group_restricted"),
        ("clientType", CLIENT_TYPE),
        (
            "allowedUserGroupsCount",
            "(SELECT COUNT(*) FROM client_groups k WHERE k.client_id = c.id)",
        ),
    ],
    order: "c.name, c.id",
    filterable: &[
        ("pkceEnabled", "c.requires_pkce", FilterKind::Bool),
        ("requiresReauthentication", "c.requires_reauthentication", FilterKind::Bool),
        (
            "requiresPushedAuthorizationRequests",
            "c.requires_pushed_authorization_requests",
            FilterKind::Bool,
        ),
        ("skipConsent", "c.skips_consent", FilterKind::Bool),
        ("isGroupRestricted", "c.is_group_restricted", FilterKind::Bool),
        ("clientType", CLIENT_TYPE, FilterKind::Text),
    ],
    searched: &["LOWER(c.name)"],
    changes: None,
};

/// Clients without access to the API `?1`.
const PAGES_FOR_API: List = List {
    condition: Some(concat!("NOT ", has_grant!(), " AND NOT ", may_use_by_metadata!())),
    ..PAGES_OF_API
};

/// Lists a page of the clients that may use an API, by name unless the query says otherwise.
pub fn page_of_api(
    tx: &mut Tx<'_>,
    id: ApiId,
    query: &ListQuery,
) -> Result<ListPage<ApiClient>, StoreError> {
    PAGES_OF_API.page(tx, &[&id], query, read)
}

/// Lists a page of the clients without access to an API.
pub fn page_for_api(
    tx: &mut Tx<'_>,
    id: ApiId,
    query: &ListQuery,
) -> Result<ListPage<ApiClient>, StoreError> {
    PAGES_FOR_API.page(tx, &[&id], query, read)
}

fn read(row: &Row<'_>) -> Result<ApiClient, StoreError> {
    Ok(ApiClient {
        id: row.get(0)?,
        name: row.get(1)?,
        is_public: row.get::<String>(2)? == client_type_name(ClientType::Public),
        is_metadata_client: row.get::<i64>(3)? > 0,
        logos: Logos { light: row.get::<i64>(4)? > 0, dark: row.get::<i64>(5)? > 0 },
    })
}
