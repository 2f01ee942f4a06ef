//! `device_codes`: pending device authorization requests (RFC 8628).
//!
//! A request is pending until the user allows or denies it, then approved until the client collects
//! its tokens. Its grant has the same id.

use super::{
    Row, StoreError, Tx,
    room::Room,
    value::{params, parse_column},
};
use crate::{
    crypto::{BearerToken, CodeDigest, Digest},
    model::{ClientId, DeviceCode, DeviceCodeStatus, GrantId, Scope, Timestamp},
};

const FIND: &str = "
    SELECT id, client_id, scope, ip_address, status, interval_seconds, polled_at, requested_at,
           expires_at, resource, device_code_digest
      FROM device_codes
     WHERE id = ?1";

const FIND_BY_USER_CODE: &str = "
    SELECT id, client_id, scope, ip_address, status, interval_seconds, polled_at, requested_at,
           expires_at, resource
      FROM device_codes
     WHERE user_code_digest = ?1";

const INSERT: &str = "
    INSERT INTO device_codes (id, device_code_digest, user_code_digest, client_id, scope,
                              ip_address, status, interval_seconds, requested_at, expires_at,
                              resource, is_keyed)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1)";

const RECORD_POLL: &str = "
    UPDATE device_codes SET polled_at = ?2, interval_seconds = ?3
     WHERE id = ?1 AND status = 'pending'";

const DENY_OPEN_OF_CLIENT: &str = "
    UPDATE device_codes SET status = 'denied'
     WHERE client_id = ?1 AND status IN ('pending', 'approved')";

const MOVE_ON: &str = "UPDATE device_codes SET status = ?3 WHERE id = ?1 AND status = ?2";

/// Finds a request by the device code of the client.
pub fn find(tx: &mut Tx<'_>, token: &BearerToken) -> Result<Option<DeviceCode>, StoreError> {
    let found =
        tx.query_opt(FIND, params![token.id()], |row| Ok((read(row)?, row.get::<Digest>(10)?)))?;
    Ok(found.filter(|(_, digest)| digest.constant_time_eq(&token.digest())).map(|(code, _)| code))
}

/// Finds a request by the user code that the user typed.
pub fn find_by_user_code(
    tx: &mut Tx<'_>,
    code: CodeDigest,
) -> Result<Option<DeviceCode>, StoreError> {
    tx.query_opt(FIND_BY_USER_CODE, params![*code.as_digest()], read)
}

/// Stores a new request. `Conflict` when another one has the same user code.
pub fn insert(
    tx: &mut Tx<'_>,
    room: &Room,
    token: &BearerToken,
    user_code: CodeDigest,
    code: &DeviceCode,
) -> Result<(), StoreError> {
    let row = params![
        code.id,
        token.digest(),
        *user_code.as_digest(),
        code.client_id,
        code.scope.to_string(),
        code.ip_address,
        code.status.as_str(),
        code.interval_seconds,
        code.requested_at,
        code.expires_at,
        code.resource,
    ];
    room.store(tx, |tx| tx.execute(INSERT, row)?.expect_rows(1))
}

/// Records an early or unsuccessful poll, and the new poll interval.
pub fn record_poll(
    tx: &mut Tx<'_>,
    id: GrantId,
    now: Timestamp,
    interval_seconds: i64,
) -> Result<(), StoreError> {
    tx.execute(RECORD_POLL, params![id, now, interval_seconds])?.expect_rows(1)
}

/// Changes the status of a request. Fails unless its status is `from`.
pub fn move_on(
    tx: &mut Tx<'_>,
    id: GrantId,
    from: DeviceCodeStatus,
    to: DeviceCodeStatus,
) -> Result<(), StoreError> {
    tx.execute(MOVE_ON, params![id, from.as_str(), to.as_str()])?.expect_rows(1)
}

/// Denies the requests of a client that have not led to tokens yet.
pub fn deny_open_of_client(tx: &mut Tx<'_>, client_id: &ClientId) -> Result<(), StoreError> {
    let _however_many = tx.execute(DENY_OPEN_OF_CLIENT, params![client_id])?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<DeviceCode, StoreError> {
    let (scope, status): (String, String) = (row.get(2)?, row.get(4)?);
    Ok(DeviceCode {
        id: row.get(0)?,
        client_id: row.get(1)?,
        scope: Scope::parse(&scope),
        ip_address: row.get(3)?,
        status: parse_column(&status, DeviceCodeStatus::parse, 4, "device code status")?,
        interval_seconds: row.get(5)?,
        polled_at: row.get(6)?,
        requested_at: row.get(7)?,
        expires_at: row.get(8)?,
        resource: row.get(9)?,
    })
}
