//! `email_verifications`: the newest link of each user that proves an email address is theirs.

use super::{StoreError, Tx, value::params};
use crate::{
    crypto::Digest,
    model::{EmailAddress, Timestamp, UserId},
};

/// A link that was sent.
#[derive(Debug)]
pub struct EmailVerification {
    /// The digest of its token.
    pub digest: Digest,
    /// The address that it was sent to.
    pub email: EmailAddress,
    /// When it ends.
    pub expires_at: Timestamp,
}

const PUT: &str = "
    INSERT INTO email_verifications (user_id, token_digest, email, expires_at)
    VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (user_id) DO UPDATE
       SET token_digest = excluded.token_digest, email = excluded.email,
           expires_at = excluded.expires_at";

const FIND: &str =
    "SELECT token_digest, email, expires_at FROM email_verifications WHERE user_id = ?1";

const DELETE: &str = "DELETE FROM email_verifications WHERE user_id = ?1";

/// Stores the link of a user, in place of the one before.
pub fn put(
    tx: &mut Tx<'_>,
    user_id: UserId,
    verification: &EmailVerification,
) -> Result<(), StoreError> {
    let EmailVerification { digest, email, expires_at } = verification;
    tx.execute(PUT, params![user_id, digest, email, expires_at])?.expect_rows(1)
}

/// Finds the link of a user, unless it has expired.
pub fn find(
    tx: &mut Tx<'_>,
    user_id: UserId,
    now: Timestamp,
) -> Result<Option<EmailVerification>, StoreError> {
    let found = tx.query_opt(FIND, params![user_id], |row| {
        Ok(EmailVerification { digest: row.get(0)?, email: row.get(1)?, expires_at: row.get(2)? })
    })?;
    Ok(found.filter(|found| found.expires_at > now))
}

/// Deletes the link of a user, if there is one.
pub fn delete(tx: &mut Tx<'_>, user_id: UserId) -> Result<(), StoreError> {
    tx.execute(DELETE, params![user_id]).map(drop)
}
