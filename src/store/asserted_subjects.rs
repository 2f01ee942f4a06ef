//! `asserted_subjects`: which user the subjects of other issuers stand for
//! (draft-ietf-oauth-identity-assertion-authz-grant).

use super::{StoreError, Tx, services::subject_digest, value::params};
use crate::model::{Timestamp, UserId};

const FIND: &str = "SELECT user_id FROM asserted_subjects WHERE subject_digest = ?1";

const EXISTS_OF_USER: &str = "
    SELECT 1 FROM asserted_subjects WHERE user_id = ?1 AND issuer = ?2";

const INSERT: &str = "
    INSERT INTO asserted_subjects (subject_digest, user_id, issuer, created_at)
    VALUES (?1, ?2, ?3, ?4)";

const DELETE_OF_ISSUER: &str = "DELETE FROM asserted_subjects WHERE issuer = ?1";

/// Finds the user that a subject of an issuer stands for.
pub fn find(tx: &mut Tx<'_>, issuer: &str, subject: &str) -> Result<Option<UserId>, StoreError> {
    tx.query_opt(FIND, params![subject_digest(issuer, subject)], |row| row.get(0))
}

/// Whether a subject of the issuer stands for the user.
pub fn exists_of_user(tx: &mut Tx<'_>, user_id: UserId, issuer: &str) -> Result<bool, StoreError> {
    tx.exists(EXISTS_OF_USER, params![user_id, issuer])
}

/// Notes which user a subject stands for. `Conflict` when the subject, or the user, has another one already.
pub fn insert(
    tx: &mut Tx<'_>,
    issuer: &str,
    subject: &str,
    user_id: UserId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let digest = subject_digest(issuer, subject);
    tx.execute(INSERT, params![digest, user_id, issuer, now])?.expect_rows(1)
}

/// Forgets the subjects of an issuer.
pub fn delete_of_issuer(tx: &mut Tx<'_>, issuer: &str) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(DELETE_OF_ISSUER, params![issuer]).map(drop)
}
