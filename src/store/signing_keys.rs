//! `signing_keys`: sealed private keys, in order of creation; within one second, replaced keys come
//! first. A key signs until a newer key of its algorithm replaces it. It stays published until
//! everything signed with it has expired.

use super::{
    Row, StoreError, Tx, sealed,
    value::{params, parse_column},
};
use crate::{
    crypto::{Algorithm, MasterKey},
    model::Timestamp,
};

/// A key as stored.
#[derive(Debug, Clone)]
pub struct SealedKey {
    /// Its key identifier.
    pub kid: String,
    /// Its signature algorithm.
    pub algorithm: Algorithm,
    /// PKCS#8, sealed.
    pub sealed_pkcs8: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its publication ends, if it was replaced.
    pub published_until: Option<Timestamp>,
}

const LIST: &str = "
    SELECT kid, algorithm, sealed_pkcs8, created_at, published_until
      FROM signing_keys
     ORDER BY created_at, CASE WHEN published_until IS NULL THEN 1 ELSE 0 END,
              algorithm DESC, kid";

const KIDS: &str = "
    SELECT kid
      FROM signing_keys
     WHERE published_until IS NULL OR published_until > ?1
     ORDER BY created_at, CASE WHEN published_until IS NULL THEN 1 ELSE 0 END,
              algorithm DESC, kid";

const MISSING: &str = "
    SELECT DISTINCT c.id_token_signed_response_alg
      FROM clients c
      LEFT JOIN signing_keys k ON k.algorithm = c.id_token_signed_response_alg
     WHERE k.kid IS NULL";

const INSERT: &str = "
    INSERT INTO signing_keys (kid, algorithm, sealed_pkcs8, created_at) VALUES (?1, ?2, ?3, ?4)";

const RETIRE: &str = "
    UPDATE signing_keys SET published_until = ?2
     WHERE algorithm = ?1 AND published_until IS NULL";

const DELETE_OF_ALGORITHM: &str = "DELETE FROM signing_keys WHERE algorithm = ?1";

/// Lists every key.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<SealedKey>, StoreError> {
    tx.query_all(LIST, params![], read)
}

/// Lists the identifiers of the published keys.
pub fn kids(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<String>, StoreError> {
    tx.query_all(KIDS, params![now], |row| row.get(0))
}

/// Lists the algorithms that clients require and that have no key.
pub fn missing(tx: &mut Tx<'_>) -> Result<Vec<Algorithm>, StoreError> {
    tx.query_all(MISSING, params![], |row| {
        let algorithm: String = row.get(0)?;
        parse_column(&algorithm, Algorithm::parse, 0, "signing algorithm")
    })
}

/// Stores a new signing key, sealed under this encryption key.
pub fn insert(tx: &mut Tx<'_>, key: &SealedKey, master_key: &MasterKey) -> Result<(), StoreError> {
    sealed::require(tx, master_key)?;
    tx.execute(INSERT, params![key.kid, key.algorithm.as_str(), key.sealed_pkcs8, key.created_at])?
        .expect_rows(1)
}

/// Sets the end of publication of the current keys of an algorithm, before a new key replaces them.
/// Returns their number.
pub fn retire(
    tx: &mut Tx<'_>,
    algorithm: Algorithm,
    published_until: Timestamp,
) -> Result<usize, StoreError> {
    Ok(tx.execute(RETIRE, params![algorithm.as_str(), published_until])?.rows())
}

/// Deletes the keys of an algorithm, even if their signatures are still in use.
pub fn delete_of_algorithm(tx: &mut Tx<'_>, algorithm: Algorithm) -> Result<usize, StoreError> {
    Ok(tx.execute(DELETE_OF_ALGORITHM, params![algorithm.as_str()])?.rows())
}

fn read(row: &Row<'_>) -> Result<SealedKey, StoreError> {
    let algorithm: String = row.get(1)?;
    Ok(SealedKey {
        kid: row.get(0)?,
        algorithm: parse_column(&algorithm, Algorithm::parse, 1, "signing algorithm")?,
        sealed_pkcs8: row.get(2)?,
        created_at: row.get(3)?,
        published_until: row.get(4)?,
    })
}
