//! `host_sessions`: browsers that are signed in at a protected host, and `host_codes`: how a sign-in gets there.

use super::{StoreError, Tx, value::params};
use crate::{
    crypto::{BearerToken, Digest},
    model::{ProtectedHostId, SessionId, Timestamp, UserId},
};

/// A code, as it is stored.
#[derive(Debug, Clone)]
pub struct HostCode {
    /// The host that it is good at.
    pub protected_host_id: ProtectedHostId,
    /// The session that it brings to the host.
    pub session_id: SessionId,
    /// SHA-256 of the cookie of the browser that it is good in.
    pub browser_digest: Digest,
    /// Where the browser wanted to go.
    pub return_to: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A browser that is signed in at a host.
#[derive(Debug, Clone)]
pub struct HostSession {
    /// The session here that it comes from.
    pub session_id: SessionId,
    /// Its user.
    pub user_id: UserId,
    /// When that session was last used, to the minute.
    pub last_used_at: Timestamp,
}

/// A sign-in at a host.
#[derive(Debug, Clone, Copy)]
pub struct NewHostSession {
    /// The host.
    pub protected_host_id: ProtectedHostId,
    /// The session that it comes from.
    pub session_id: SessionId,
    /// When it begins.
    pub created_at: Timestamp,
    /// When it ends, unless the session ends before.
    pub expires_at: Timestamp,
}

const FIND_CODE: &str = "
    SELECT protected_host_id, session_id, browser_digest, return_to, expires_at, code_digest
      FROM host_codes
     WHERE id = ?1";

const INSERT_CODE: &str = "
    INSERT INTO host_codes (id, code_digest, protected_host_id, session_id, browser_digest,
                            return_to, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

const DELETE_CODE: &str = "DELETE FROM host_codes WHERE id = ?1";

const FIND: &str = "
    SELECT h.session_digest, s.id, s.user_id, s.last_used_at
      FROM host_sessions h
      JOIN sessions s ON s.id = h.session_id
     WHERE h.id = ?1 AND h.protected_host_id = ?2 AND h.expires_at > ?3
       AND s.expires_at > ?3 AND s.revoked_at IS NULL";

const REPLACE: &str = "DELETE FROM host_sessions WHERE session_id = ?1 AND protected_host_id = ?2";

const INSERT: &str = "
    INSERT INTO host_sessions (id, session_digest, protected_host_id, session_id, created_at,
                               expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const DELETE: &str = "DELETE FROM host_sessions WHERE id = ?1";

const DELETE_OF_HOST: &str = "DELETE FROM host_sessions WHERE protected_host_id = ?1";

/// Stores a new code.
pub fn insert_code(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    code: &HostCode,
) -> Result<(), StoreError> {
    let row = params![
        token.id(),
        token.digest(),
        code.protected_host_id,
        code.session_id,
        code.browser_digest,
        code.return_to,
        code.expires_at,
    ];
    tx.execute(INSERT_CODE, row)?.expect_rows(1)
}

/// Whether this code waits to be used.
pub fn has_code(tx: &mut Tx<'_>, token: &BearerToken) -> Result<bool, StoreError> {
    let digest = tx.query_opt(FIND_CODE, params![token.id()], |row| row.get::<Digest>(5))?;
    Ok(digest.is_some_and(|digest| digest.constant_time_eq(&token.digest())))
}

/// Takes a code: it is good only once, also when the caller refuses it.
pub fn take_code(tx: &mut Tx<'_>, token: &BearerToken) -> Result<Option<HostCode>, StoreError> {
    let found = tx.query_opt(FIND_CODE, params![token.id()], |row| {
        let code = HostCode {
            protected_host_id: row.get(0)?,
            session_id: row.get(1)?,
            browser_digest: row.get(2)?,
            return_to: row.get(3)?,
            expires_at: row.get(4)?,
        };
        Ok((code, row.get::<Digest>(5)?))
    })?;
    let found = found.filter(|(_, digest)| digest.constant_time_eq(&token.digest()));
    let Some((code, _)) = found else { return Ok(None) };
    tx.execute(DELETE_CODE, params![token.id()])?.expect_rows(1)?;
    Ok(Some(code))
}

/// Finds the browser of a cookie that is signed in at this host. Does not say whether its user may be.
pub fn find(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    host: ProtectedHostId,
    now: Timestamp,
) -> Result<Option<HostSession>, StoreError> {
    let found = tx.query_opt(FIND, params![token.id(), host, now], |row| {
        let session = HostSession {
            session_id: row.get(1)?,
            user_id: row.get(2)?,
            last_used_at: row.get(3)?,
        };
        Ok((session, row.get::<Digest>(0)?))
    })?;
    let found = found.filter(|(_, digest)| digest.constant_time_eq(&token.digest()));
    Ok(found.map(|(session, _)| session))
}

/// Stores that a browser is signed in at a host, in the place of the one before in its session.
pub fn insert(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    new: &NewHostSession,
) -> Result<(), StoreError> {
    let NewHostSession { protected_host_id: host, session_id, created_at, expires_at } = new;
    let _one_or_none = tx.execute(REPLACE, params![session_id, host])?;
    tx.execute(
        INSERT,
        params![token.id(), token.digest(), host, session_id, created_at, expires_at],
    )?
    .expect_rows(1)
}

/// Signs a browser out at its host.
pub fn delete(tx: &mut Tx<'_>, token: &BearerToken) -> Result<(), StoreError> {
    // It may have ended meanwhile.
    tx.execute(DELETE, params![token.id()]).map(drop)
}

/// Signs every browser out at a host.
pub fn delete_of_host(tx: &mut Tx<'_>, host: ProtectedHostId) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(DELETE_OF_HOST, params![host]).map(drop)
}
