//! `asserted_subjects`: which user the subjects of other issuers stand for
//! (draft-ietf-oauth-identity-assertion-authz-grant).
//!
//! An issuer is its name together with the address of its keys: with other keys, somebody else may speak in its name.
//!
//! A subject is stored as a digest. The first half of it is the id, which takes the place of the session in the grants
//! that were made with the subject ([`super::grants::insert_asserted`]).

use uuid::Uuid;

use super::{
    Row, StoreError, Tx,
    list::{FilterKind, List, ListQuery},
    value::params,
};
use crate::{
    crypto::Digest,
    model::{AssertedSubject, AssertedSubjectId, Timestamp, TrustedIssuer, UserId},
};

/// SQL expression: the id of a subject.
macro_rules! id {
    () => {
        "substr(subject_digest, 1, 16)"
    };
}
pub(super) use id;

macro_rules! columns {
    () => {
        concat!(id!(), ", a.user_id, u.username, a.issuer, a.jwks_uri, a.created_at")
    };
}

macro_rules! tables {
    () => {
        "asserted_subjects a JOIN users u ON u.id = a.user_id"
    };
}

macro_rules! select {
    ($which:expr) => {
        concat!("SELECT ", columns!(), " FROM ", tables!(), " WHERE a.user_id = ?1 ", $which)
    };
}

/// All subjects: by user, by issuer.
const ALL: List = List {
    columns: columns!(),
    from: tables!(),
    condition: None,
    key: "a.subject_digest",
    sortable: &[],
    order: "u.username_folded, a.issuer, a.jwks_uri",
    filterable: &[("userId", "a.user_id", FilterKind::Id)],
    searched: &["u.username_folded", "LOWER(a.issuer)"],
    changes: None,
};

/// The most subjects in the list of a user, who has one for each issuer that clients trust.
pub const MAX_LISTED: i64 = 1_000;

const LIST_OF_USER: &str = select!("ORDER BY a.issuer, a.jwks_uri LIMIT ?2");

const FIND_OF_USER: &str = select!(concat!("AND ", id!(), " = ?2"));

const FIND: &str = "SELECT user_id FROM asserted_subjects WHERE subject_digest = ?1";

const EXISTS_OF_USER: &str = "
    SELECT 1 FROM asserted_subjects WHERE user_id = ?1 AND issuer = ?2 AND jwks_uri = ?3";

const INSERT: &str = "
    INSERT INTO asserted_subjects (subject_digest, user_id, issuer, jwks_uri, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5)";

const DELETE: &str =
    concat!("DELETE FROM asserted_subjects WHERE user_id = ?1 AND ", id!(), " = ?2");

const DELETE_OF_ISSUER: &str = "DELETE FROM asserted_subjects WHERE issuer = ?1 AND jwks_uri = ?2";

const DELETE_OF_USER: &str = "DELETE FROM asserted_subjects WHERE user_id = ?1";

/// The id of a subject of an issuer.
pub fn id_of(issuer: &TrustedIssuer, subject: &str) -> AssertedSubjectId {
    let digest = digest(issuer, subject);
    let (half, _) = digest.as_bytes().split_at(16);
    AssertedSubjectId(Uuid::from_slice(half).expect("16 bytes"))
}

/// Lists the first subjects: by user, by issuer.
pub fn first(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Vec<AssertedSubject>, StoreError> {
    ALL.first(tx, &[], query, read)
}

/// Lists the subjects that stand for a user, by issuer: at most `limit`.
pub fn list_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
    limit: i64,
) -> Result<Vec<AssertedSubject>, StoreError> {
    tx.query_all(LIST_OF_USER, params![user_id, limit], read)
}

/// Finds a subject that stands for a user.
pub fn find_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
    id: AssertedSubjectId,
) -> Result<Option<AssertedSubject>, StoreError> {
    tx.query_opt(FIND_OF_USER, params![user_id, id], read)
}

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

/// Forgets a subject that stands for a user. The grants that were made with it have to be revoked first.
pub fn delete(tx: &mut Tx<'_>, user_id: UserId, id: AssertedSubjectId) -> Result<(), StoreError> {
    tx.execute(DELETE, params![user_id, id])?.expect_rows(1)
}

/// Forgets the subjects of an issuer, and returns their number. The grants that were made with them have to be
/// revoked first.
pub fn delete_of_issuer(tx: &mut Tx<'_>, issuer: &TrustedIssuer) -> Result<usize, StoreError> {
    Ok(tx.execute(DELETE_OF_ISSUER, params![issuer.issuer, issuer.jwks_url()])?.rows())
}

/// Forgets the subjects that stand for a user. The grants that were made with them have to be revoked first.
pub fn delete_of_user(tx: &mut Tx<'_>, user_id: UserId) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(DELETE_OF_USER, params![user_id]).map(drop)
}

fn digest(issuer: &TrustedIssuer, subject: &str) -> Digest {
    // Addresses contain no such character.
    Digest::of(format!("{}\0{}\0{subject}", issuer.issuer, issuer.jwks_url()))
}

fn read(row: &Row<'_>) -> Result<AssertedSubject, StoreError> {
    Ok(AssertedSubject {
        id: row.get(0)?,
        user_id: row.get(1)?,
        username: row.get(2)?,
        issuer: row.get(3)?,
        jwks_url: row.get(4)?,
        created_at: row.get(5)?,
    })
}
