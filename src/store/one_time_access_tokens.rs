//! `one_time_access_tokens`: links and codes for one sign-in without a passkey.

use uuid::Uuid;

use super::{StoreError, Tx, value::params};
use crate::{
    crypto::{CodeDigest, Digest},
    model::{Timestamp, UserId},
};

const INSERT: &str = "
    INSERT INTO one_time_access_tokens
        (id, code_digest, is_keyed, user_id, created_at, expires_at, browser_digest)
    VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6)";

const CONSUME: &str = "
    DELETE FROM one_time_access_tokens WHERE code_digest = ?1
    RETURNING user_id, expires_at, browser_digest";

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
    /// The digest of the cookie of the only browser in which it works; any browser without one.
    pub browser: Option<Digest>,
}

/// A code that was used.
#[derive(Debug)]
pub struct ConsumedCode {
    /// The user that it signs in.
    pub user_id: UserId,
    /// The digest of the cookie of the only browser in which it works.
    pub browser: Option<Digest>,
}

/// Stores the digest of a new code.
pub fn insert(tx: &mut Tx<'_>, code: &NewOneTimeCode) -> Result<(), StoreError> {
    let NewOneTimeCode { id, digest, user_id, created_at, expires_at, browser } = code;
    let row = params![id, *digest.as_digest(), user_id, created_at, expires_at, browser];
    tx.execute(INSERT, row)?.expect_rows(1)
}

/// Deletes a code and returns it, for single use. `None` when it does not exist or has expired.
pub fn consume(
    tx: &mut Tx<'_>,
    code: CodeDigest,
    now: Timestamp,
) -> Result<Option<ConsumedCode>, StoreError> {
    let taken: Option<(ConsumedCode, Timestamp)> =
        tx.query_opt(CONSUME, params![*code.as_digest()], |row| {
            Ok((ConsumedCode { user_id: row.get(0)?, browser: row.get(2)? }, row.get(1)?))
        })?;
    Ok(taken.filter(|(_, expires_at)| *expires_at > now).map(|(code, _)| code))
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
