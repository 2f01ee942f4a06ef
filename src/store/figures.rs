//! Figures of the whole database, for monitoring.

use uuid::Uuid;

use super::{
    StoreError, Tx,
    value::{Bind, params},
};
use crate::model::Timestamp;

const USERS: &str = "SELECT COUNT(*) FROM users";
const CLIENTS: &str = "SELECT COUNT(*) FROM clients";
const SESSIONS: &str = "SELECT COUNT(*) FROM sessions WHERE expires_at > ?1";
const EXPIRING_API_KEYS: &str =
    "SELECT COUNT(*) FROM api_keys WHERE expires_at > ?1 AND expires_at <= ?2";
const EXPIRING_SECRETS: &str =
    "SELECT COUNT(*) FROM client_secrets WHERE expires_at > ?1 AND expires_at <= ?2";
const SIGNING_KEYS: &str = "
    SELECT algorithm, MAX(created_at) FROM signing_keys GROUP BY algorithm ORDER BY algorithm";
const OLDEST_MESSAGE: &str = "SELECT id FROM outbox ORDER BY id LIMIT 1";

/// The newest signing key of an algorithm.
#[derive(Debug, Clone)]
pub struct NewestKey {
    /// The name of the algorithm (RFC 7518 §3.1).
    pub algorithm: String,
    /// When the key was made.
    pub created_at: Timestamp,
}

/// Numbers of rows, and times.
#[derive(Debug, Clone, Default)]
pub struct StoreFigures {
    /// Accounts.
    pub users: i64,
    /// Clients.
    pub clients: i64,
    /// Browser sessions that have not expired.
    pub sessions: i64,
    /// API keys that expire soon.
    pub expiring_api_keys: i64,
    /// Client secrets that expire soon.
    pub expiring_secrets: i64,
    /// The newest signing key of each algorithm.
    pub signing_keys: Vec<NewestKey>,
    /// When the oldest message was put into the outbox.
    pub oldest_message: Option<Timestamp>,
}

/// Reads the figures. A secret that expires until `soon` expires soon.
pub fn read(tx: &mut Tx<'_>, now: Timestamp, soon: Timestamp) -> Result<StoreFigures, StoreError> {
    let oldest: Option<Uuid> = tx.query_opt(OLDEST_MESSAGE, params![], |row| row.get(0))?;
    Ok(StoreFigures {
        users: count(tx, USERS, params![])?,
        clients: count(tx, CLIENTS, params![])?,
        sessions: count(tx, SESSIONS, params![now])?,
        expiring_api_keys: count(tx, EXPIRING_API_KEYS, params![now, soon])?,
        expiring_secrets: count(tx, EXPIRING_SECRETS, params![now, soon])?,
        signing_keys: tx.query_all(SIGNING_KEYS, params![], |row| {
            Ok(NewestKey { algorithm: row.get(0)?, created_at: row.get(1)? })
        })?,
        oldest_message: oldest.map(made_at),
    })
}

fn count(tx: &mut Tx<'_>, sql: &str, params: &[&dyn Bind]) -> Result<i64, StoreError> {
    Ok(tx.query_opt(sql, params, |row| row.get(0))?.unwrap_or_default())
}

/// When a time-ordered id was made (RFC 9562 §5.7).
fn made_at(id: Uuid) -> Timestamp {
    let millis = id.as_u128() >> 80;
    Timestamp::from_unix(i64::try_from(millis / 1_000).unwrap_or(i64::MAX))
}
