//! `one_time_access_tokens`: links and codes for one sign-in without a passkey.

use uuid::Uuid;

use super::{StoreError, Tx, value::params};
use crate::{
    crypto::CodeDigest,
    model::{Timestamp, UserId},
};

const INSERT: &str = "
    INSERT INTO one_time_access_tokens (id, code_digest, is_keyed, user_id, created_at, expires_at)
    VALUES (?1, ?2, 1, ?3, ?4, ?5)";

const CONSUME: &str = "
    DELETE FROM one_time_access_tokens WHERE code_digest = ?1 RETURNING user_id, expires_at";

const DELETE_ALL: &str = "DELETE FROM one_time_access_tokens WHERE user_id = ?1";

const DELETE_EVERY: &str = "DELETE FROM one_time_access_tokens";

/// A new code.
#[derive(Debug)]
pub struct NewOneTimeCode {
    /// The id of its row.
    pub id: Uuid,
    /// Its digest.
    pub digest: CodeDigest,
    /// The user that it signs in.
    pub user_id: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Stores the digest of a new code.
pub fn insert(tx: &mut Tx<'_>, code: &NewOneTimeCode) -> Result<(), StoreError> {
    let NewOneTimeCode { id, digest, user_id, created_at, expires_at } = code;
    let row = params![id, *digest.as_digest(), user_id, created_at, expires_at];
    tx.execute(INSERT, row)?.expect_rows(1)
}

/// Deletes a code and returns its user, for single use. `None` when it does not exist or has
/// expired.
pub fn consume(
    tx: &mut Tx<'_>,
    code: CodeDigest,
    now: Timestamp,
) -> Result<Option<UserId>, StoreError> {
    let taken: Option<(UserId, Timestamp)> =
        tx.query_opt(CONSUME, params![*code.as_digest()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(taken.filter(|(_, expires_at)| *expires_at > now).map(|(user_id, _)| user_id))
}

/// Deletes every code of a user.
pub fn delete_all(tx: &mut Tx<'_>, user_id: UserId) -> Result<(), StoreError> {
    let _however_many = tx.execute(DELETE_ALL, params![user_id])?;
    Ok(())
}

/// Deletes the codes of all users.
pub fn delete_every(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(DELETE_EVERY, params![]).map(|_| ())
}
