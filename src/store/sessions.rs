//! `sessions`: signed-in browsers.

use super::{
    Row, StoreError, Tx,
    list::{FilterKind, List, ListQuery},
    value::{from_json, params, parse_column, to_json},
};
use crate::{
    crypto::{BearerToken, Digest, PublicJwk},
    model::{Amr, DeviceBinding, Session, SessionId, Timestamp, UserId, Username},
};

/// The most live sessions of a user. The next sign-in ends the oldest one, so listing all of them
/// and ending all of them is quick.
pub const MAX_OF_USER: i64 = 200;

/// The position of the first column after those of a session.
const NEXT: usize = 11;

const FIND: &str = "
    SELECT id, user_id, amr, created_at, authenticated_at, last_used_at, expires_at, ip_address,
           user_agent, device_key, device_bound_from, session_digest
      FROM sessions
     WHERE id = ?1 AND expires_at > ?2 AND revoked_at IS NULL";

const LIST_OF_USER: &str = "
    SELECT id, user_id, amr, created_at, authenticated_at, last_used_at, expires_at, ip_address,
           user_agent, device_key, device_bound_from
      FROM sessions
     WHERE user_id = ?1 AND expires_at > ?2 AND revoked_at IS NULL
     ORDER BY id DESC
     LIMIT ?3 OFFSET ?4";

/// The live sessions with their usernames: by user, newest first.
const LIVE: List = List {
    columns: "s.id, s.user_id, s.amr, s.created_at, s.authenticated_at, s.last_used_at,
              s.expires_at, s.ip_address, s.user_agent, s.device_key, s.device_bound_from, u.username",
    from: "sessions s JOIN users u ON u.id = s.user_id",
    condition: Some("s.expires_at > ?1 AND s.revoked_at IS NULL"),
    key: "s.id",
    sortable: &[],
    order: "u.username_folded, s.id DESC",
    filterable: &[("userId", "s.user_id", FilterKind::Id)],
    searched: &["u.username_folded", "LOWER(s.ip_address)", "LOWER(s.user_agent)"],
    changes: None,
};

const FIND_BY_ID: &str = "
    SELECT s.id, s.user_id, s.amr, s.created_at, s.authenticated_at, s.last_used_at, s.expires_at,
           s.ip_address, s.user_agent, s.device_key, s.device_bound_from, u.username
      FROM sessions s
      JOIN users u ON u.id = s.user_id
     WHERE s.id = ?1 AND s.expires_at > ?2 AND s.revoked_at IS NULL";

const INSERT: &str = "
    INSERT INTO sessions (id, session_digest, user_id, amr, created_at, authenticated_at,
                          last_used_at, expires_at, ip_address, user_agent)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

const BIND: &str = "
    UPDATE sessions SET device_key = ?2
     WHERE id = ?1 AND device_bound_from IS NULL AND revoked_at IS NULL";

const UNBIND: &str =
    "UPDATE sessions SET device_key = NULL, device_bound_from = NULL WHERE id = ?1";

const ENFORCE_BINDING: &str = "
    UPDATE sessions SET device_bound_from = ?2
     WHERE id = ?1 AND device_key IS NOT NULL AND device_bound_from IS NULL";

const RECORD_USE: &str =
    "UPDATE sessions SET last_used_at = ?2 WHERE id = ?1 AND last_used_at < ?2";

const RECORD_AUTHENTICATION: &str = "UPDATE sessions SET authenticated_at = ?2 WHERE id = ?1";

// An ended session also expires, so that it is deleted soon: a user can end any number of them.
const REVOKE: &str = "
    UPDATE sessions
       SET revoked_at = ?3, expires_at = CASE WHEN expires_at < ?3 THEN expires_at ELSE ?3 END
     WHERE id = ?1 AND user_id = ?2 AND revoked_at IS NULL";

const REVOKE_ALL: &str = "
    UPDATE sessions
       SET revoked_at = ?2, expires_at = CASE WHEN expires_at < ?2 THEN expires_at ELSE ?2 END
     WHERE user_id = ?1 AND revoked_at IS NULL";

const REVOKE_OTHERS: &str = "
    UPDATE sessions
       SET revoked_at = ?2, expires_at = CASE WHEN expires_at < ?2 THEN expires_at ELSE ?2 END
     WHERE user_id = ?1 AND revoked_at IS NULL AND expires_at > ?2 AND id <> ?3";

const REVOKE_EVERY: &str = "UPDATE sessions SET revoked_at = ?1 WHERE revoked_at IS NULL";

const FIND_OPEN: &str = "
    SELECT s.user_id
      FROM sessions s
      JOIN users u ON u.id = s.user_id
     WHERE s.id = ?1 AND s.revoked_at IS NULL AND u.disabled = 0";

/// Evidence, within one transaction, that a session was not revoked and its user is not disabled.
/// Creating grants or credentials in a session requires it: a request may be under way while its
/// session ends, and its results would outlive the session.
#[derive(Debug)]
pub struct OpenSession {
    id: SessionId,
    user_id: UserId,
}

impl OpenSession {
    /// The id of the session.
    pub fn id(&self) -> SessionId {
        self.id
    }
}

/// The authority for adding a credential to an account: a passkey or an API key.
#[derive(Debug, Clone, Copy)]
pub enum OnWordOf<'a> {
    /// The operator at the terminal, with access to the database anyway.
    Operator,
    /// The owner of the account, in an open session.
    Owner(&'a OpenSession),
}

impl OnWordOf<'_> {
    /// Fails if a session would add a credential to another user's account.
    pub(super) fn check(self, user_id: UserId) -> Result<(), StoreError> {
        match self {
            Self::Owner(session) if session.user_id != user_id => {
                Err(StoreError::RowCount { expected: 1, found: 0 })
            }
            Self::Operator | Self::Owner(_) => Ok(()),
        }
    }
}

/// Finds a session that was not revoked and whose user is not disabled. Does not check the expiry:
/// a session that expires during a request is still accepted.
pub fn find_open(tx: &mut Tx<'_>, id: SessionId) -> Result<Option<OpenSession>, StoreError> {
    tx.query_opt(FIND_OPEN, params![id], |row| Ok(OpenSession { id, user_id: row.get(0)? }))
}

/// Finds the live session of a cookie.
pub fn find(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    now: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let found = tx.query_opt(FIND, params![SessionId(token.id()), now], |row| {
        Ok((read(row)?, row.get::<Digest>(NEXT)?))
    })?;
    Ok(found
        .filter(|(_, digest)| digest.constant_time_eq(&token.digest()))
        .map(|(session, _)| session))
}

/// Lists a user's live sessions, newest first. There are at most [`MAX_OF_USER`], except for a
/// moment in a database of an earlier version.
pub fn list_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
    now: Timestamp,
) -> Result<Vec<Session>, StoreError> {
    tx.query_all(LIST_OF_USER, params![user_id, now, MAX_OF_USER, 0_i64], read)
}

/// Lists the newest few of the live sessions that a user has beyond [`MAX_OF_USER`].
pub(super) fn list_surplus(
    tx: &mut Tx<'_>,
    user_id: UserId,
    at_most: i64,
    now: Timestamp,
) -> Result<Vec<Session>, StoreError> {
    tx.query_all(LIST_OF_USER, params![user_id, now, at_most, MAX_OF_USER], read)
}

/// Lists the first live sessions, with usernames: by user, newest first.
pub fn first(
    tx: &mut Tx<'_>,
    query: &ListQuery,
    now: Timestamp,
) -> Result<Vec<(Session, Username)>, StoreError> {
    LIVE.first(tx, params![now], query, |row| Ok((read(row)?, row.get(NEXT)?)))
}

/// Finds a live session and its username.
pub fn find_by_id(
    tx: &mut Tx<'_>,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<(Session, Username)>, StoreError> {
    tx.query_opt(FIND_BY_ID, params![id, now], |row| Ok((read(row)?, row.get(NEXT)?)))
}

/// Stores a new session.
pub fn insert(tx: &mut Tx<'_>, session: &Session, token: &BearerToken) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            session.id,
            token.digest(),
            session.user_id,
            session.amr.as_str(),
            session.created_at,
            session.authenticated_at,
            session.last_used_at,
            session.expires_at,
            session.ip_address,
            session.user_agent,
        ],
    )?
    .expect_rows(1)
}

/// Binds a session to a key of its browser. `false` when its browser has shown such a key already, or the session has
/// ended. A key that was never shown again is replaced: the answer may have been lost.
pub fn bind(tx: &mut Tx<'_>, id: SessionId, key: &PublicJwk) -> Result<bool, StoreError> {
    Ok(tx.execute(BIND, params![id, to_json(key)?])?.rows() == 1)
}

/// Forgets the key of a session.
pub fn unbind(tx: &mut Tx<'_>, id: SessionId) -> Result<bool, StoreError> {
    Ok(tx.execute(UNBIND, params![id])?.rows() == 1)
}

/// Demands the other cookie of a bound session from a time on. `false` when that was done before.
pub fn enforce_binding(
    tx: &mut Tx<'_>,
    id: SessionId,
    from: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.execute(ENFORCE_BINDING, params![id, from])?.rows() == 1)
}

/// Records the use of a session. `false` when it was recorded already: of many uses at once, one writes.
pub fn record_use(tx: &mut Tx<'_>, id: SessionId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(RECORD_USE, params![id, now])?.rows() == 1)
}

/// Records that the user has used a passkey again. `false` when the session no longer exists.
pub fn record_authentication(
    tx: &mut Tx<'_>,
    id: SessionId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.execute(RECORD_AUTHENTICATION, params![id, now])?.rows() == 1)
}

/// Ends a session of this user. `false` when the user has no such live session.
pub fn revoke(
    tx: &mut Tx<'_>,
    id: SessionId,
    user_id: UserId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.execute(REVOKE, params![id, user_id, now])?.rows() == 1)
}

/// The id of `kept`, or one that no session has: for statements that spare a session.
pub(super) fn id_or_none(kept: Option<SessionId>) -> SessionId {
    kept.unwrap_or(SessionId(uuid::Uuid::nil()))
}

/// Ends the live sessions of a user except `kept`. Returns their number.
pub fn revoke_others(
    tx: &mut Tx<'_>,
    user_id: UserId,
    kept: Option<SessionId>,
    now: Timestamp,
) -> Result<usize, StoreError> {
    Ok(tx.execute(REVOKE_OTHERS, params![user_id, now, id_or_none(kept)])?.rows())
}

/// Ends every session of a user. Returns their number.
pub fn revoke_all(tx: &mut Tx<'_>, user_id: UserId, now: Timestamp) -> Result<usize, StoreError> {
    Ok(tx.execute(REVOKE_ALL, params![user_id, now])?.rows())
}

/// Ends the sessions of all users.
pub fn revoke_every(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(REVOKE_EVERY, params![now]).map(|_| ())
}

fn read(row: &Row<'_>) -> Result<Session, StoreError> {
    let amr: String = row.get(2)?;
    Ok(Session {
        id: row.get(0)?,
        user_id: row.get(1)?,
        amr: parse_column(&amr, Amr::parse, 2, "authentication method")?,
        created_at: row.get(3)?,
        authenticated_at: row.get(4)?,
        last_used_at: row.get(5)?,
        expires_at: row.get(6)?,
        ip_address: row.get(7)?,
        user_agent: row.get(8)?,
        binding: read_binding(row)?,
    })
}

fn read_binding(row: &Row<'_>) -> Result<Option<Box<DeviceBinding>>, StoreError> {
    let Some(json) = row.get::<Option<String>>(9)? else { return Ok(None) };
    let key = from_json::<PublicJwk>(&json, 9, "public key")?;
    Ok(Some(Box::new(DeviceBinding { key, enforced_from: row.get(10)? })))
}
