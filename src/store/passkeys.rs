//! `passkeys`: one row per registered credential.

use std::collections::BTreeMap;

use super::{
    Row, StoreError, Tx,
    list::{MAX_LISTED, among},
    meta,
    sessions::OnWordOf,
    value::params,
};
use crate::model::{Passkey, PasskeyId, PasskeyName, Timestamp, UserId};

/// The key in `meta` of the host where the newest passkey was registered.
const HOST: &str = "passkey_host";

const FIND_BY_CREDENTIAL_ID: &str = "
    SELECT id, user_id, name, credential_id, public_key, aaguid, transports, sign_count,
           backup_eligible, backup_state, created_at, last_used_at
      FROM passkeys
     WHERE credential_id = ?1";

const LIST_OF_USER: &str = "
    SELECT id, user_id, name, credential_id, public_key, aaguid, transports, sign_count,
           backup_eligible, backup_state, created_at, last_used_at
      FROM passkeys
     WHERE user_id = ?1
     ORDER BY id";

const USES_OF_USERS: &str = "
    SELECT user_id, count(*), max(last_used_at)
      FROM passkeys
     WHERE user_id";

const INSERT: &str = "
    INSERT INTO passkeys (id, user_id, name, credential_id, public_key, aaguid, transports,
                          sign_count, backup_eligible, backup_state, created_at, last_used_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

const RECORD_USE: &str = "
    UPDATE passkeys
       SET sign_count = ?2, backup_eligible = ?3, backup_state = ?4, last_used_at = ?5
     WHERE id = ?1";

const RENAME: &str = "UPDATE passkeys SET name = ?3 WHERE id = ?1 AND user_id = ?2";

const DELETE: &str = "DELETE FROM passkeys WHERE id = ?1 AND user_id = ?2";

/// How many passkeys a user has, and when one of them was last used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PasskeyUses {
    pub count: i64,
    pub last_used_at: Option<Timestamp>,
}

/// Counts the passkeys of each of these users. Users without a passkey are left out.
pub fn uses_of_users(
    tx: &mut Tx<'_>,
    ids: &[UserId],
) -> Result<BTreeMap<UserId, PasskeyUses>, StoreError> {
    let mut found = BTreeMap::new();
    for ids in ids.chunks(MAX_LISTED) {
        let (among, bound) = among(ids);
        let sql = format!("{USES_OF_USERS} {among} GROUP BY user_id");
        found.extend(tx.query_all(&sql, &bound, |row| {
            Ok((row.get(0)?, PasskeyUses { count: row.get(1)?, last_used_at: row.get(2)? }))
        })?);
    }
    Ok(found)
}

/// Finds a passkey by its credential id, which the authenticator chose.
pub fn find_by_credential_id(
    tx: &mut Tx<'_>,
    credential_id: &[u8],
) -> Result<Option<Passkey>, StoreError> {
    tx.query_opt(FIND_BY_CREDENTIAL_ID, params![credential_id], read)
}

/// Lists a user's passkeys, oldest first.
pub fn list_of_user(tx: &mut Tx<'_>, user_id: UserId) -> Result<Vec<Passkey>, StoreError> {
    tx.query_all(LIST_OF_USER, params![user_id], read)
}

/// The host where the newest passkey was registered. Passkeys work at no other host (WebAuthn L3
/// §5.1.2).
pub fn host(tx: &mut Tx<'_>) -> Result<Option<String>, StoreError> {
    let host = meta::find(tx, HOST)?;
    Ok(host.and_then(|host| String::from_utf8(host).ok()))
}

/// Records the host where a passkey was registered.
pub fn record_host(tx: &mut Tx<'_>, current: &str) -> Result<(), StoreError> {
    match host(tx)? {
        // Write only changes: otherwise all registrations would wait for this row.
        Some(known) if known == current => Ok(()),
        Some(_) => meta::update(tx, HOST, current.as_bytes()),
        None => meta::insert(tx, HOST, current.as_bytes()),
    }
}

/// Stores a new passkey. `Conflict` when the credential is already registered, by any user.
pub fn insert(
    tx: &mut Tx<'_>,
    passkey: &Passkey,
    on_word_of: OnWordOf<'_>,
) -> Result<(), StoreError> {
    on_word_of.check(passkey.user_id)?;
    tx.execute(
        INSERT,
        params![
            passkey.id,
            passkey.user_id,
            passkey.name,
            passkey.credential_id,
            passkey.public_key,
            passkey.aaguid,
            passkey.transports.join(","),
            i64::from(passkey.sign_count),
            passkey.backup_eligible,
            passkey.backup_state,
            passkey.created_at,
            passkey.last_used_at,
        ],
    )?
    .expect_rows(1)
}

/// Updates a passkey after an authentication: sign count, backup flags and time of use.
pub fn record_use(tx: &mut Tx<'_>, passkey: &Passkey, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        RECORD_USE,
        params![
            passkey.id,
            i64::from(passkey.sign_count),
            passkey.backup_eligible,
            passkey.backup_state,
            now
        ],
    )?
    .expect_rows(1)
}

/// Renames a passkey of this user. `false` when the user has no such passkey.
pub fn rename(
    tx: &mut Tx<'_>,
    id: PasskeyId,
    user_id: UserId,
    name: &PasskeyName,
) -> Result<bool, StoreError> {
    Ok(tx.execute(RENAME, params![id, user_id, name])?.rows() == 1)
}

/// Deletes a passkey of this user. `false` when the user has no such passkey.
pub fn delete(tx: &mut Tx<'_>, id: PasskeyId, user_id: UserId) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![id, user_id])?.rows() == 1)
}

fn read(row: &Row<'_>) -> Result<Passkey, StoreError> {
    let transports: String = row.get(6)?;
    let sign_count: i64 = row.get(7)?;
    Ok(Passkey {
        id: row.get(0)?,
        user_id: row.get(1)?,
        name: row.get(2)?,
        credential_id: row.get(3)?,
        public_key: row.get(4)?,
        aaguid: row.get(5)?,
        transports: transports.split(',').filter(|t| !t.is_empty()).map(str::to_owned).collect(),
        sign_count: u32::try_from(sign_count)
            .map_err(|_| StoreError::Corrupt { column: 7, expected: "sign count" })?,
        backup_eligible: row.get(8)?,
        backup_state: row.get(9)?,
        created_at: row.get(10)?,
        last_used_at: row.get(11)?,
    })
}
