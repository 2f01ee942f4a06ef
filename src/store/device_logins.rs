//! `device_logins`: pending QR sign-ins: devices that a user signs in by means of another device.
//!
//! A request is pending until the user approves or denies it, then approved until the device takes
//! its session, which deletes the row.

use uuid::Uuid;

use super::{
    Row, StoreError, Tx,
    room::Room,
    sessions::OpenSession,
    value::{params, parse_column},
};
use crate::{
    crypto::{BearerToken, CodeDigest, Digest},
    model::{DeviceLogin, DeviceLoginStatus, SessionId, UserId},
};

const FIND: &str = "
    SELECT id, status, ip_address, user_agent, requested_at, expires_at, device_digest
      FROM device_logins
     WHERE id = ?1 AND code_digest = ?2";

const FIND_BY_CODE: &str = "
    SELECT id, status, ip_address, user_agent, requested_at, expires_at
      FROM device_logins
     WHERE code_digest = ?1";

const INSERT: &str = "
    INSERT INTO device_logins (id, device_digest, code_digest, status, ip_address, user_agent,
                               requested_at, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

const APPROVE: &str = "
    UPDATE device_logins SET status = 'approved', user_id = ?2, session_id = ?3
     WHERE id = ?1 AND status = 'pending'";

const DENY: &str =
    "UPDATE device_logins SET status = 'denied' WHERE id = ?1 AND status = 'pending'";

const TAKE: &str = "
    DELETE FROM device_logins WHERE id = ?1 AND status = 'approved' RETURNING user_id, session_id";

/// The approval of a QR sign-in.
#[derive(Debug, Clone, Copy)]
pub struct LetIn {
    /// The user to sign in.
    pub user_id: UserId,
    /// The session in which the user approved it.
    pub session_id: SessionId,
}

/// Finds the request of a device, by its cookie and its code.
pub fn find(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    code: CodeDigest,
) -> Result<Option<DeviceLogin>, StoreError> {
    let found = tx.query_opt(FIND, params![token.id(), *code.as_digest()], |row| {
        Ok((read(row)?, row.get::<Digest>(6)?))
    })?;
    Ok(found.filter(|(_, digest)| digest.constant_time_eq(&token.digest())).map(|(login, _)| login))
}

/// Finds a request by the code that the user typed or scanned.
pub fn find_by_code(tx: &mut Tx<'_>, code: CodeDigest) -> Result<Option<DeviceLogin>, StoreError> {
    tx.query_opt(FIND_BY_CODE, params![*code.as_digest()], read)
}

/// Stores a new request. `Conflict` when another one has the same code.
pub fn insert(
    tx: &mut Tx<'_>,
    room: &Room,
    token: &BearerToken,
    code: CodeDigest,
    login: &DeviceLogin,
) -> Result<(), StoreError> {
    let row = params![
        login.id,
        token.digest(),
        *code.as_digest(),
        login.status.as_str(),
        login.ip_address,
        login.user_agent,
        login.requested_at,
        login.expires_at,
    ];
    room.store(tx, |tx| tx.execute(INSERT, row)?.expect_rows(1))
}

/// Approves a request. Fails unless it is pending.
pub fn approve(
    tx: &mut Tx<'_>,
    id: Uuid,
    user_id: UserId,
    session: &OpenSession,
) -> Result<(), StoreError> {
    tx.execute(APPROVE, params![id, user_id, session.id()])?.expect_rows(1)
}

/// Denies a request. Fails unless it is pending.
pub fn deny(tx: &mut Tx<'_>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(DENY, params![id])?.expect_rows(1)
}

/// Deletes an approved request and returns its approval, for single use. `None` when it was already
/// taken.
pub fn take(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<LetIn>, StoreError> {
    tx.query_opt(TAKE, params![id], |row| {
        Ok(LetIn { user_id: row.get(0)?, session_id: row.get(1)? })
    })
}

fn read(row: &Row<'_>) -> Result<DeviceLogin, StoreError> {
    let status: String = row.get(1)?;
    Ok(DeviceLogin {
        id: row.get(0)?,
        status: parse_column(&status, DeviceLoginStatus::parse, 1, "device login status")?,
        ip_address: row.get(2)?,
        user_agent: row.get(3)?,
        requested_at: row.get(4)?,
        expires_at: row.get(5)?,
    })
}
