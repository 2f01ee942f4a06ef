//! `audit_events`: the audit log; entries are added, never changed.

use uuid::Uuid;

use super::{
    Row, StoreError, Tx,
    value::{Bind, params, parse_column, to_json},
};
use crate::model::{Actor, AuditEvent, EventKind, LoggedEvent, Timestamp, UserId};

const INSERT: &str = "
    INSERT INTO audit_events (id, kind, user_id, object_id, actor, actor_id, ip_address, user_agent,
                              data, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

const SELECT: &str = "
    SELECT a.id, a.kind, a.user_id, u.username, a.object_id, a.actor, a.actor_id, w.username,
           a.ip_address, a.user_agent, a.data, a.created_at
      FROM audit_events a
      LEFT JOIN users u ON u.id = a.user_id
      LEFT JOIN users w ON w.id = a.actor_id
     WHERE a.id >= ?1";

/// Which entries are wanted.
#[derive(Debug, Clone)]
pub struct Filter {
    /// About this account only.
    pub user_id: Option<UserId>,
    /// Of these kinds only; of every kind when empty.
    pub kinds: Vec<EventKind>,
    /// From this moment on.
    pub since: Timestamp,
    /// The newest so many.
    pub limit: i64,
}

/// Lists the newest entries, oldest first.
pub fn list(tx: &mut Tx<'_>, filter: &Filter) -> Result<Vec<LoggedEvent>, StoreError> {
    // Ids begin with their moment, so that old entries need not be looked at.
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
    params.push(&filter.limit);
    sql += &format!(" ORDER BY a.id DESC LIMIT ?{}", params.len());
    let mut events = tx.query_all(&sql, &params, read)?;
    events.reverse();
    Ok(events)
}

/// When the newest entry was made.
pub fn newest(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    let newest = "SELECT created_at FROM audit_events ORDER BY id DESC LIMIT 1";
    tx.query_opt(newest, params![], |row| row.get(0))
}

/// Adds an entry, in the transaction of what it tells of.
pub fn insert(tx: &mut Tx<'_>, event: &AuditEvent) -> Result<(), StoreError> {
    let user = match &event.actor {
        Actor::Cli | Actor::Client | Actor::Program => None,
        Actor::User(user) => Some(user),
    };
    // Whoever signs up or signs in acts on the account that they turn out to have.
    let actor_id = user.and_then(|user| user.id.or(event.user_id));
    tx.execute(
        INSERT,
        params![
            event.id,
            event.kind.as_str(),
            event.user_id,
            event.object_id,
            event.actor.as_str(),
            actor_id,
            user.map(|user| &user.ip_address),
            user.map(|user| &user.user_agent),
            to_json(&event.data)?,
            event.created_at,
        ],
    )?
    .expect_rows(1)
}

/// Adds an entry of another system's log, as it was.
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
        ],
    )?
    .expect_rows(1)
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
        data: parse_column(&data, |json| serde_json::from_str(json).ok(), 10, "map of texts")?,
        created_at: row.get(11)?,
    })
}
