//! `signing_keys`: sealed private keys, in the order they were made.

use super::{
    StoreError, Tx,
    value::{params, parse_column},
};
use crate::{crypto::Algorithm, model::Timestamp};

/// A key as stored.
#[derive(Debug, Clone)]
pub struct SealedKey {
    /// Its key identifier.
    pub kid: String,
    /// What it signs with.
    pub algorithm: Algorithm,
    /// PKCS#8, sealed.
    pub sealed_pkcs8: Vec<u8>,
}

/// Where the sealed bytes are: the associated data of the seal.
pub const SEALED_PLACE: &str = "signing_keys.sealed_pkcs8";

const LIST: &str = "
    SELECT kid, algorithm, sealed_pkcs8 FROM signing_keys ORDER BY created_at, kid";

const INSERT: &str = "
    INSERT INTO signing_keys (kid, algorithm, sealed_pkcs8, created_at) VALUES (?1, ?2, ?3, ?4)";

/// Lists every key.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<SealedKey>, StoreError> {
    tx.query_all(LIST, params![], |row| {
        let algorithm: String = row.get(1)?;
        Ok(SealedKey {
            kid: row.get(0)?,
            algorithm: parse_column(&algorithm, Algorithm::parse, 1, "signing algorithm")?,
            sealed_pkcs8: row.get(2)?,
        })
    })
}

/// Stores a new key.
pub fn insert(tx: &mut Tx<'_>, key: &SealedKey, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(INSERT, params![key.kid, key.algorithm.as_str(), key.sealed_pkcs8, now])?
        .expect_rows(1)
}
