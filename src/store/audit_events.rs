//! `audit_events`: the audit log. Entries are added and never changed.

use uuid::Uuid;

use super::{
    Row, StoreError, Tx,
    list::{FilterKind, List, ListPage, ListQuery, pattern},
    notices,
    value::{Bind, params, parse_column, to_json},
    webhooks,
};
use crate::model::{
    Actor, AuditEvent, AuditEventId, EventKind, Location, LoggedEvent, Timestamp, UserId, Username,
};

/// The key of the entry data whose value also has a column of its own, for filtering.
const CLIENT_NAME: &str = "clientName";
/// The most users that the list of those with entries has.
pub const MAX_USERS: i64 = 10_000;
/// The most entries in the list that a user sees of their own account: this bounds the rows that
/// are counted, filtered, sorted and skipped for a page.
const MAX_OF_USER: i64 = 5_000;

/// The most entries that are compared to know a device.
const MAX_DEVICES: i64 = 1_000;
/// How long after the time in its id an entry may appear, in seconds: clocks of servers may differ by a
/// minute (`leases`), and its transaction ends when its request does, or a little later.
pub const LATE_SECONDS: i64 = 120;

const INSERT: &str = "
    INSERT INTO audit_events (id, kind, user_id, object_id, actor, actor_id, ip_address, user_agent,
                              data, created_at, client_name, country, city)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

/// The columns of an entry. Usernames are looked up by subqueries for the rows of the page only, so
/// counting skips them.
macro_rules! columns {
    () => {
        "a.id, a.kind, a.user_id, (SELECT u.username FROM users u WHERE u.id = a.user_id),
         a.object_id, a.actor, a.actor_id, (SELECT w.username FROM users w WHERE w.id = a.actor_id),
         a.ip_address, a.user_agent, a.data, a.created_at, a.country, a.city"
    };
}

const SELECT: &str = concat!("SELECT ", columns!(), " FROM audit_events a WHERE a.id >= ?1");

const FIND: &str = concat!("SELECT ", columns!(), " FROM audit_events a WHERE a.id = ?1");

const OF_KIND_AFTER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM audit_events a WHERE a.id > ?1 AND a.kind = ?2 ORDER BY a.id LIMIT ?3"
);

const AFTER: &str =
    concat!("SELECT ", columns!(), " FROM audit_events a WHERE a.id > ?1 ORDER BY a.id LIMIT ?2");

/// The searched texts, in lower case.
const SEARCHED: &str = "(LOWER(a.kind) LIKE ?N ESCAPE '\\' OR LOWER(a.data) LIKE ?N ESCAPE '\\'
    OR LOWER(a.ip_address) LIKE ?N ESCAPE '\\' OR LOWER(a.user_agent) LIKE ?N ESCAPE '\\'
    OR LOWER(a.object_id) LIKE ?N ESCAPE '\\'
    OR LOWER(a.country) LIKE ?N ESCAPE '\\' OR LOWER(a.city) LIKE ?N ESCAPE '\\'
    OR EXISTS (SELECT 1 FROM users s
                WHERE s.id IN (a.user_id, a.actor_id) AND LOWER(s.username) LIKE ?N ESCAPE '\\'))";

/// Whether an entry came from an inside network (Pocket ID 2.14). Entries of no address came from neither.
const LOCATION: &str = "CASE WHEN a.country = 'Internal Network' THEN 'internal'
                             WHEN a.ip_address IS NULL THEN '' ELSE 'external' END";

/// Ids are in order of time.
const PAGES: List = List {
    columns: columns!(),
    from: "audit_events a",
    condition: None,
    key: "a.id",
    sortable: &[
        ("event", "a.kind"),
        ("ipAddress", "COALESCE(a.ip_address, '')"),
        ("country", "COALESCE(a.country, '')"),
        ("city", "COALESCE(a.city, '')"),
        ("userAgent", "COALESCE(a.user_agent, '')"),
        ("createdAt", "a.id"),
    ],
    order: "a.id",
    filterable: &[
        ("event", "a.kind", FilterKind::Text),
        ("userID", "a.user_id", FilterKind::Id),
        ("clientName", "a.client_name", FilterKind::Text),
        ("location", LOCATION, FilterKind::Text),
    ],
    searched: &[],
    changes: None,
};

/// The entries of the user `?1` from the id `?2` on. Any user may ask for these, and a user may
/// have a great many, so the list begins late enough to be short.
const PAGES_OF_USER: List = List {
    condition: Some("a.user_id = ?1 AND a.id >= ?2"),
    filterable: &[("event", "a.kind", FilterKind::Text), ("userID", "a.user_id", FilterKind::Id)],
    ..PAGES
};

/// An entry with its user as the actor and a browser is one of theirs. Signing in and signing up leave
/// such entries.
const DEVICES: &str = "
    SELECT ip_address, user_agent
      FROM audit_events
     WHERE user_id = ?1 AND actor_id = ?1 AND ip_address IS NOT NULL AND user_agent IS NOT NULL
     ORDER BY id DESC
     LIMIT ?2";

const OLDEST_SHOWN_TO_USER: &str = "
    SELECT id FROM audit_events WHERE user_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2";

// Skips from name to name in the index: there are far more entries than names.
const CLIENT_NAMES: &str = "
    WITH RECURSIVE names (name) AS (
        SELECT MIN(client_name) FROM audit_events WHERE client_name IS NOT NULL
         UNION ALL
        SELECT (SELECT MIN(a.client_name) FROM audit_events a WHERE a.client_name > n.name)
          FROM names n
         WHERE n.name IS NOT NULL
    )
    SELECT name FROM names WHERE name IS NOT NULL ORDER BY name";

/// Jumps from one user to the next in the index of entries by user, which is far quicker than to look at
/// each of many accounts or entries.
const USERS: &str = "
    WITH RECURSIVE present (user_id) AS (
        SELECT (SELECT a.user_id FROM audit_events a
                 WHERE a.user_id IS NOT NULL ORDER BY a.user_id LIMIT 1)
         UNION ALL
        SELECT (SELECT a.user_id FROM audit_events a
                 WHERE a.user_id > p.user_id ORDER BY a.user_id LIMIT 1)
          FROM present p
         WHERE p.user_id IS NOT NULL
    )
    SELECT u.id, u.username
      FROM (SELECT user_id FROM present WHERE user_id IS NOT NULL LIMIT ?1) f
     CROSS JOIN users u
     WHERE u.id = f.user_id
     ORDER BY u.username_folded";

/// Selects entries.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Only entries about this user.
    pub user_id: Option<UserId>,
    /// Only these kinds; every kind when empty.
    pub kinds: Vec<EventKind>,
    /// Only entries that contain this text.
    pub search: Option<String>,
    /// Only entries from this time on.
    pub since: Timestamp,
    /// The highest number of entries; the newest ones win.
    pub limit: i64,
}

/// Lists the newest entries, oldest first.
pub fn list(tx: &mut Tx<'_>, filter: &Filter) -> Result<Vec<LoggedEvent>, StoreError> {
    // Ids begin with their timestamp, so the index skips old entries.
    let from = Uuid::from_u128(u128::from(filter.since.as_unix_millis()) << 80);
    let kinds: Vec<_> = filter.kinds.iter().map(|kind| kind.as_str()).collect();
    let mut sql = SELECT.to_owned();
    let mut params: Vec<&dyn Bind> = vec![&from];
    if let Some(user_id) = &filter.user_id {
        params.push(user_id);
        sql += &format!(" AND a.user_id = ?{}", params.len());
    }
    if !kinds.is_empty() {
        let numbers: Vec<_> =
            (params.len() + 1..).take(kinds.len()).map(|n| format!("?{n}")).collect();
        params.extend(kinds.iter().map(|kind| kind as &dyn Bind));
        sql += &format!(" AND a.kind IN ({})", numbers.join(", "));
    }
    let search = filter.search.as_deref().map(pattern);
    if let Some(search) = &search {
        params.push(search);
        sql += &format!(" AND {}", SEARCHED.replace("?N", &format!("?{}", params.len())));
    }
    params.push(&filter.limit);
    sql += &format!(" ORDER BY a.id DESC LIMIT ?{}", params.len());
    let mut events = tx.query_all(&sql, &params, read)?;
    events.reverse();
    Ok(events)
}

/// Lists a page of all entries.
pub fn page(tx: &mut Tx<'_>, query: &ListQuery) -> Result<ListPage<LoggedEvent>, StoreError> {
    PAGES.page(tx, &[], query, read)
}

/// Lists a page of the newest 5,000 entries about one user.
pub fn page_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
    query: &ListQuery,
) -> Result<ListPage<LoggedEvent>, StoreError> {
    let oldest = params![user_id, MAX_OF_USER - 1];
    let oldest = tx.query_opt(OLDEST_SHOWN_TO_USER, oldest, |row| row.get(0))?;
    let oldest: Uuid = oldest.unwrap_or(Uuid::nil());
    PAGES_OF_USER.page(tx, &[&user_id, &oldest], query, read)
}

/// Lists the client names that occur in entries.
pub fn client_names(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    tx.query_all(CLIENT_NAMES, params![], |row| row.get(0))
}

/// Lists users with entries, by username; at most so many.
pub fn users(tx: &mut Tx<'_>, at_most: i64) -> Result<Vec<(UserId, Username)>, StoreError> {
    tx.query_all(USERS, params![at_most], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// A device that a user signed in with.
#[derive(Debug)]
pub struct UsedDevice {
    /// The IP address.
    pub ip_address: String,
    /// The `User-Agent` of the browser.
    pub user_agent: String,
}

/// Lists the devices of the newest sign-ins of a user.
pub fn list_devices(tx: &mut Tx<'_>, user_id: UserId) -> Result<Vec<UsedDevice>, StoreError> {
    tx.query_all(DEVICES, params![user_id, MAX_DEVICES], |row| {
        Ok(UsedDevice { ip_address: row.get(0)?, user_agent: row.get(1)? })
    })
}

/// When the newest entry was made.
pub fn newest(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    let newest = "SELECT created_at FROM audit_events ORDER BY id DESC LIMIT 1";
    tx.query_opt(newest, params![], |row| row.get(0))
}

/// Lists entries after an id, in the order of their ids, which is that of their times.
pub fn list_after(
    tx: &mut Tx<'_>,
    after: AuditEventId,
    limit: i64,
) -> Result<Vec<LoggedEvent>, StoreError> {
    tx.query_all(AFTER, params![after, limit], read)
}

/// Finds an entry.
pub fn find(tx: &mut Tx<'_>, id: AuditEventId) -> Result<Option<LoggedEvent>, StoreError> {
    tx.query_opt(FIND, params![id], read)
}

/// Lists entries of a kind after an id, the oldest first.
pub fn list_of_kind_after(
    tx: &mut Tx<'_>,
    kind: EventKind,
    after: AuditEventId,
    limit: i64,
) -> Result<Vec<LoggedEvent>, StoreError> {
    tx.query_all(OF_KIND_AFTER, params![after, kind.as_str(), limit], read)
}

/// Adds an entry, in the same transaction as the logged change, and the messages about it: for each
/// webhook that is told of it, and for administrators.
pub fn insert(tx: &mut Tx<'_>, event: &AuditEvent) -> Result<(), StoreError> {
    let Origin { actor_id, ip_address, user_agent, location } = Origin::of(event);
    tx.execute(
        INSERT,
        params![
            event.id,
            event.kind.as_str(),
            event.user_id,
            event.object_id,
            event.actor.as_str(),
            actor_id,
            ip_address,
            user_agent,
            to_json(&event.data)?,
            event.created_at,
            event.data.get(CLIENT_NAME),
            location.and_then(|location| known(&location.country)),
            location.and_then(|location| known(&location.city)),
        ],
    )?
    .expect_rows(1)?;
    notices::tell(tx, event)?;
    webhooks::tell(tx, event)
}

/// The origin of an entry, as it is stored.
#[derive(Default)]
struct Origin<'a> {
    actor_id: Option<Uuid>,
    ip_address: Option<&'a str>,
    user_agent: Option<&'a str>,
    location: Option<&'a Location>,
}

impl<'a> Origin<'a> {
    fn of(event: &'a AuditEvent) -> Self {
        match &event.actor {
            Actor::Cli | Actor::Client | Actor::Program => Self::default(),
            Actor::Scim(program) => Self {
                actor_id: Some(program.id.0),
                ip_address: Some(&program.ip_address),
                user_agent: Some(&program.user_agent),
                location: Some(&program.location),
            },
            Actor::User(user) => Self {
                // At sign-up and sign-in the actor is the account itself, known only afterwards.
                actor_id: user.id.or(event.user_id).map(|id| id.0),
                ip_address: Some(&user.ip_address),
                user_agent: Some(&user.user_agent),
                location: Some(&user.location),
            },
        }
    }
}

/// Adds an imported entry of another system's log unchanged.
pub fn insert_logged(tx: &mut Tx<'_>, event: &LoggedEvent) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            event.id,
            event.kind,
            event.user.as_ref().map(|(id, _)| *id),
            event.object_id,
            event.actor,
            event.actor_user.as_ref().map(|(id, _)| *id),
            event.ip_address,
            event.user_agent,
            to_json(&event.data)?,
            event.created_at,
            event.data.get(CLIENT_NAME),
            known(&event.location.country),
            known(&event.location.city),
        ],
    )?
    .expect_rows(1)
}

/// A name, unless it is empty: unknown.
fn known(name: &str) -> Option<&str> {
    Some(name).filter(|name| !name.is_empty())
}

fn read(row: &Row<'_>) -> Result<LoggedEvent, StoreError> {
    let data: String = row.get(10)?;
    Ok(LoggedEvent {
        id: row.get(0)?,
        kind: row.get(1)?,
        user: row.get::<Option<_>>(2)?.zip(row.get::<Option<_>>(3)?),
        object_id: row.get(4)?,
        actor: row.get(5)?,
        actor_user: row.get::<Option<_>>(6)?.zip(row.get::<Option<_>>(7)?),
        ip_address: row.get(8)?,
        user_agent: row.get(9)?,
        data: parse_column(&data, |json| serde_json::from_str(json).ok(), 10, "string map")?,
        created_at: row.get(11)?,
        location: Location {
            country: row.get::<Option<_>>(12)?.unwrap_or_default(),
            city: row.get::<Option<_>>(13)?.unwrap_or_default(),
        },
    })
}
