//! `asserted_subjects`: which user the subjects of other issuers stand for
//! (draft-ietf-oauth-identity-assertion-authz-grant).
//!
//! An issuer is its name together with the address of its keys: with other keys, somebody else may speak in its name.

use super::{StoreError, Tx, value::params};
use crate::{
    crypto::Digest,
    model::{Timestamp, TrustedIssuer, UserId},
};

const FIND: &str = "SELECT user_id FROM asserted_subjects WHERE subject_digest = ?1";

const EXISTS_OF_USER: &str = "
    SELECT 1 FROM asserted_subjects WHERE user_id = ?1 AND issuer = ?2 AND jwks_uri = ?3";

const INSERT: &str = "
    INSERT INTO asserted_subjects (subject_digest, user_id, issuer, jwks_uri, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5)";

const DELETE_OF_ISSUER: &str = "DELETE FROM asserted_subjects WHERE issuer = ?1 AND jwks_uri = ?2";

const DELETE_OF_USER: &str = "DELETE FROM asserted_subjects WHERE user_id = ?1";

/// Finds the user that a subject of an issuer stands for.
pub fn find(
    tx: &mut Tx<'_>,
    issuer: &TrustedIssuer,
    subject: &str,
) -> Result<Option<UserId>, StoreError> {
    tx.query_opt(FIND, params![digest(issuer, subject)], |row| row.get(0))
}

/// Whether a subject of the issuer stands for the user.
pub fn exists_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
    issuer: &TrustedIssuer,
) -> Result<bool, StoreError> {
    tx.exists(EXISTS_OF_USER, params![user_id, issuer.issuer, issuer.jwks_url()])
}

/// Notes which user a subject stands for. `Conflict` when the subject, or the user, has another one already.
pub fn insert(
    tx: &mut Tx<'_>,
    issuer: &TrustedIssuer,
    subject: &str,
    user_id: UserId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = params![digest(issuer, subject), user_id, issuer.issuer, issuer.jwks_url(), now];
    tx.execute(INSERT, row)?.expect_rows(1)
}

/// Forgets the subjects of an issuer.
pub fn delete_of_issuer(tx: &mut Tx<'_>, issuer: &TrustedIssuer) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(DELETE_OF_ISSUER, params![issuer.issuer, issuer.jwks_url()]).map(drop)
}

/// Forgets the subjects that stand for a user. `false` when there were none.
pub fn delete_of_user(tx: &mut Tx<'_>, user_id: UserId) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE_OF_USER, params![user_id])?.rows() > 0)
}

fn digest(issuer: &TrustedIssuer, subject: &str) -> Digest {
    // Addresses contain no such character.
    Digest::of(format!("{}\0{}\0{subject}", issuer.issuer, issuer.jwks_url()))
}
