//! Lists of clients: all clients, those that a user may use, and those that a user has authorized.

use std::collections::BTreeMap;

use super::{
    Row, StoreError, Tx,
    clients::{COLUMNS, columns, read},
    identity_assertions,
    list::{FilterKind, List, ListPage, ListQuery},
    memberships::is_current,
    value::Bind,
};
use crate::model::{
    Client, ClientId, ClientSecret, Logos, Scope, Timestamp, UserId,
    redirect_uri::RedirectUriPattern, view::ClientParts,
};

/// The columns of a client, its logos, and more.
macro_rules! with_logos {
    ($more:expr) => {
        concat!(
            columns!(),
            ", (SELECT COUNT(*) FROM client_logos l
                 WHERE l.client_id = clients.id AND l.theme = 'light'),
               (SELECT COUNT(*) FROM client_logos l
                 WHERE l.client_id = clients.id AND l.theme = 'dark'), ",
            $more
        )
    };
}

/// SQL expression: the number of groups. It has no name: a far page is sorted without the columns.
macro_rules! group_count {
    () => {
        "(SELECT COUNT(*) FROM client_groups g WHERE g.client_id = clients.id)"
    };
}

/// The positions of the columns after those of the client.
const LOGOS: usize = COLUMNS;
const MORE: usize = COLUMNS + 2;

/// Only the id of a client with a metadata document is a URL, and so contains a colon.
const CLIENT_TYPE: &str = "CASE WHEN clients.id LIKE '%:%' THEN 'cimd'
         WHEN clients.registration IS NOT NULL THEN 'dynamic' ELSE 'standard' END";
const PKCE_ENABLED: &str = "CASE WHEN clients.client_type = 'public'
           OR clients.security_profile IS NOT NULL THEN 1 ELSE clients.requires_pkce END";
/// Pocket ID records which clients have used PKCE; this program does not.
const PKCE_SUPPORTED: &str = "CAST(0 AS BIGINT)";
const HAS_LAUNCH_URL: &str =
    "CAST(CASE WHEN clients.launch_url IS NULL THEN 0 ELSE 1 END AS BIGINT)";

/// The sortable columns of every list of clients, and more.
macro_rules! sortable {
    ($($more:expr),* $(,)?) => {
        &[
            ("name", "clients.name"),
            ("createdAt", "clients.created_at"),
            ("pkceEnabled", PKCE_ENABLED),
            ("requiresReauthentication", "clients.requires_reauthentication"),
            ("requiresPushedAuthorizationRequests", "clients.requires_pushed_authorization_requests"),
            ("dpopBoundAccessTokens", "clients.requires_dpop"),
            ("securityProfile", "clients.security_profile"),
            ("skipConsent", "clients.skips_consent"),
            ("isGroupRestricted", "clients.is_group_restricted"),
            ("clientType", CLIENT_TYPE),
            $($more),*
        ]
    };
}

/// The filterable columns of every list of clients, and more.
macro_rules! filterable {
    ($($more:expr),* $(,)?) => {
        &[
            ("pkceEnabled", PKCE_ENABLED, FilterKind::Bool),
            ("requiresReauthentication", "clients.requires_reauthentication", FilterKind::Bool),
            (
                "requiresPushedAuthorizationRequests",
                "clients.requires_pushed_authorization_requests",
                FilterKind::Bool,
            ),
            ("dpopBoundAccessTokens", "clients.requires_dpop", FilterKind::Bool),
            ("securityProfile", "clients.security_profile", FilterKind::Text),
            ("skipConsent", "clients.skips_consent", FilterKind::Bool),
            ("isGroupRestricted", "clients.is_group_restricted", FilterKind::Bool),
            ("pkceSupported", PKCE_SUPPORTED, FilterKind::Bool),
            ("clientType", CLIENT_TYPE, FilterKind::Text),
            $($more),*
        ]
    };
}

const PAGES: List = List {
    columns: with_logos!(group_count!()),
    from: "clients",
    condition: None,
    key: "clients.id",
    sortable: sortable![("allowedUserGroupsCount", group_count!()),],
    order: "clients.created_at, clients.id",
    filterable: filterable![],
    searched: &["LOWER(clients.name)"],
    changes: None,
};

const ACCESSIBLE: List = List {
    columns: with_logos!("k.last_used_at"),
    from: "clients LEFT JOIN consents k ON k.client_id = clients.id AND k.user_id = ?1",
    condition: Some(concat!(
        "(clients.is_group_restricted = 0 OR EXISTS (
             SELECT 1 FROM client_groups g JOIN group_members m ON m.group_id = g.group_id
              WHERE g.client_id = clients.id AND m.user_id = ?1 AND ",
        is_current!("m", "?2"),
        "))"
    )),
    key: "clients.id",
    sortable: sortable![
        // Clients never used are last, in either direction.
        ("lastUsedAt", "k.last_used_at IS NULL, k.last_used_at"),
    ],
    order: "clients.name, clients.id",
    filterable: filterable![("hasLaunchURL", HAS_LAUNCH_URL, FilterKind::Bool),],
    searched: &[],
    changes: None,
};

const AUTHORIZED: List = List {
    columns: with_logos!("k.last_used_at, k.scope"),
    from: "consents k JOIN clients ON clients.id = k.client_id",
    condition: Some("k.user_id = ?1"),
    key: "clients.id",
    sortable: &[("lastUsedAt", "k.last_used_at")],
    order: "k.last_used_at DESC, clients.id",
    filterable: &[("hasLaunchURL", HAS_LAUNCH_URL, FilterKind::Bool)],
    searched: &[],
    changes: None,
};

/// A client in a list of all clients.
#[derive(Debug)]
pub struct ListedClient {
    /// The client without its grant types and groups.
    pub parts: ClientParts,
    /// The number of groups that may use it, if it is restricted.
    pub group_count: i64,
}

/// A client in the list of clients that a user may use.
#[derive(Debug)]
pub struct AccessibleClient {
    /// The client, without its redirect URIs and grant types.
    pub client: Client,
    /// Its logos.
    pub logos: Logos,
    /// When the user last signed in to the client.
    pub last_used_at: Option<Timestamp>,
}

/// A client in the list of clients that a user has authorized.
#[derive(Debug)]
pub struct AuthorizedClient {
    /// The client, without its redirect URIs and grant types.
    pub client: Client,
    /// Its logos.
    pub logos: Logos,
    /// The scope that the user allowed.
    pub scope: Scope,
    /// When the user last signed in to the client.
    pub last_used_at: Timestamp,
}

/// Lists a page of clients, with their redirect URIs, secrets and assertion rules.
pub fn page(tx: &mut Tx<'_>, query: &ListQuery) -> Result<ListPage<ListedClient>, StoreError> {
    let mut page = PAGES.page(tx, &[], query, |row| {
        let parts = ClientParts {
            client: read(row)?,
            secrets: Vec::new(),
            groups: Vec::new(),
            logos: read_logos(row)?,
            identity_assertions: Vec::new(),
        };
        Ok(ListedClient { parts, group_count: row.get(MORE)? })
    })?;
    add_redirect_uris(tx, &mut page.items)?;
    add_secrets(tx, &mut page.items)?;
    add_identity_assertions(tx, &mut page.items)?;
    Ok(page)
}

/// Lists a page of the clients that a user may use.
pub fn page_of_accessible(
    tx: &mut Tx<'_>,
    user_id: UserId,
    query: &ListQuery,
    now: Timestamp,
) -> Result<ListPage<AccessibleClient>, StoreError> {
    ACCESSIBLE.page(tx, &[&user_id, &now], query, |row| {
        Ok(AccessibleClient {
            client: read(row)?,
            logos: read_logos(row)?,
            last_used_at: row.get(MORE)?,
        })
    })
}

/// Lists a page of the clients that a user has authorized.
pub fn page_of_authorized(
    tx: &mut Tx<'_>,
    user_id: UserId,
    query: &ListQuery,
) -> Result<ListPage<AuthorizedClient>, StoreError> {
    AUTHORIZED.page(tx, &[&user_id], query, |row| {
        Ok(AuthorizedClient {
            client: read(row)?,
            logos: read_logos(row)?,
            scope: Scope::parse(&row.get::<String>(MORE + 1)?),
            last_used_at: row.get(MORE)?,
        })
    })
}

fn read_logos(row: &Row<'_>) -> Result<Logos, StoreError> {
    Ok(Logos { light: row.get(LOGOS)?, dark: row.get(LOGOS + 1)? })
}

/// Uses one query for all clients: one per client would mean up to 100 round trips to PostgreSQL.
fn add_redirect_uris(tx: &mut Tx<'_>, listed: &mut [ListedClient]) -> Result<(), StoreError> {
    let sql = "SELECT client_id, kind, pattern FROM client_redirect_uris WHERE client_id IN";
    let rows = rows_of(tx, sql, "client_id, kind, position", listed, |row| {
        Ok((row.get::<ClientId>(0)?, (row.get::<String>(1)?, row.get::<RedirectUriPattern>(2)?)))
    })?;
    let mut by_client = by_client(rows);
    for one in listed {
        for (kind, pattern) in by_client.remove(&one.parts.client.id).unwrap_or_default() {
            match kind.as_str() {
                "logout" => one.parts.client.post_logout_redirect_uris.push(pattern),
                _ => one.parts.client.redirect_uris.push(pattern),
            }
        }
    }
    Ok(())
}

fn add_secrets(tx: &mut Tx<'_>, listed: &mut [ListedClient]) -> Result<(), StoreError> {
    let sql = "SELECT client_id, id, prefix, created_at, expires_at FROM client_secrets
                WHERE client_id IN";
    let rows = rows_of(tx, sql, "id", listed, |row| {
        let secret = ClientSecret {
            id: row.get(1)?,
            prefix: row.get(2)?,
            created_at: row.get(3)?,
            expires_at: row.get(4)?,
        };
        Ok((row.get::<ClientId>(0)?, secret))
    })?;
    let mut by_client = by_client(rows);
    for one in listed {
        one.parts.secrets = by_client.remove(&one.parts.client.id).unwrap_or_default();
    }
    Ok(())
}

fn add_identity_assertions(tx: &mut Tx<'_>, listed: &mut [ListedClient]) -> Result<(), StoreError> {
    let sql = "SELECT client_id, audience, audience_client_id, scope, resources
                 FROM identity_assertions WHERE client_id IN";
    let rows = rows_of(tx, sql, "client_id, audience", listed, |row| {
        Ok((row.get::<ClientId>(0)?, identity_assertions::read(row, 1)?))
    })?;
    let mut by_client = by_client(rows);
    for one in listed {
        one.parts.identity_assertions = by_client.remove(&one.parts.client.id).unwrap_or_default();
    }
    Ok(())
}

/// Reads dependent rows of all clients of a page.
fn rows_of<T>(
    tx: &mut Tx<'_>,
    select: &str,
    order: &str,
    listed: &[ListedClient],
    read: impl FnMut(&Row<'_>) -> Result<(ClientId, T), StoreError>,
) -> Result<Vec<(ClientId, T)>, StoreError> {
    if listed.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Vec<_> = (1..=listed.len()).map(|number| format!("?{number}")).collect();
    let ids: Vec<&dyn Bind> = listed.iter().map(|one| &one.parts.client.id as &dyn Bind).collect();
    let sql = format!("{select} ({}) ORDER BY {order}", numbers.join(", "));
    tx.query_all(&sql, &ids, read)
}

fn by_client<T>(rows: Vec<(ClientId, T)>) -> BTreeMap<ClientId, Vec<T>> {
    let mut found: BTreeMap<ClientId, Vec<T>> = BTreeMap::new();
    for (id, row) in rows {
        found.entry(id).or_default().push(row);
    }
    found
}
