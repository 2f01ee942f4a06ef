//! `ssh_ca_keys`: the keys of the SSH certificate authorities, in order of creation.
//!
//! A key is published first, signs once it is activated, until another one is, and is trusted until
//! it is removed. Its private key goes when another one is activated: nothing needs it to trust what it signed, and
//! the revocation list is not signed. Its row stays when it is removed: everything that it signed is revoked.

use super::{
    Row, StoreError, Tx, sealed,
    value::{params, parse_column},
};
use crate::{
    crypto::{
        MasterKey,
        ssh::{SshCaPublicKey, SshCertificateKind},
    },
    model::{SshCaKey, SshCaKeyId, Timestamp},
};

const LIST: &str = "
    SELECT id, kind, public_key, sealed_pkcs8, created_at, activated_at, removed_at, retired_at
      FROM ssh_ca_keys
     ORDER BY created_at, id";

const INSERT: &str = "
    INSERT INTO ssh_ca_keys (id, kind, public_key, sealed_pkcs8, created_at, activated_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const ACTIVATE: &str =
    "UPDATE ssh_ca_keys SET activated_at = ?2 WHERE id = ?1 AND removed_at IS NULL";

const RETIRE: &str = "
    UPDATE ssh_ca_keys SET retired_at = ?3, sealed_pkcs8 = NULL
     WHERE kind = ?1 AND id <> ?2 AND activated_at IS NOT NULL AND retired_at IS NULL
       AND removed_at IS NULL";

const REMOVE: &str = "
    UPDATE ssh_ca_keys SET removed_at = ?2, sealed_pkcs8 = NULL
     WHERE id = ?1 AND removed_at IS NULL";

const REMOVE_EVERY: &str = "
    UPDATE ssh_ca_keys SET removed_at = ?1, sealed_pkcs8 = NULL WHERE removed_at IS NULL";

/// Lists every key, also those that were removed.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<SshCaKey>, StoreError> {
    tx.query_all(LIST, params![], read)
}

/// Stores a new key, sealed under this encryption key.
pub fn insert(tx: &mut Tx<'_>, key: &SshCaKey, master_key: &MasterKey) -> Result<(), StoreError> {
    sealed::require(tx, master_key)?;
    let row = params![
        key.id,
        key.kind.as_str(),
        key.public_key.as_bytes().as_slice(),
        key.sealed_pkcs8,
        key.created_at,
        key.activated_at,
    ];
    tx.execute(INSERT, row)?.expect_rows(1)
}

/// Lets a key sign. Those of its kind that signed before are retired, and their private keys deleted.
pub fn activate(tx: &mut Tx<'_>, key: &SshCaKey, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(ACTIVATE, params![key.id, now])?.expect_rows(1)?;
    // One of them, or none when the last one was removed.
    tx.execute(RETIRE, params![key.kind.as_str(), key.id, now]).map(drop)
}

/// Removes a key, and deletes its private key.
pub fn remove(tx: &mut Tx<'_>, id: SshCaKeyId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(REMOVE, params![id, now])?.expect_rows(1)
}

/// Removes every key.
pub fn remove_every(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(REMOVE_EVERY, params![now]).map(drop)
}

fn read(row: &Row<'_>) -> Result<SshCaKey, StoreError> {
    let kind: String = row.get(1)?;
    let public_key: Vec<u8> = row.get(2)?;
    let public_key = SshCaPublicKey::from_slice(&public_key);
    Ok(SshCaKey {
        id: row.get(0)?,
        kind: parse_column(&kind, SshCertificateKind::parse, 1, "kind of certificate")?,
        public_key: public_key.ok_or(StoreError::Corrupt { column: 2, expected: "public key" })?,
        sealed_pkcs8: row.get(3)?,
        created_at: row.get(4)?,
        activated_at: row.get(5)?,
        removed_at: row.get(6)?,
        retired_at: row.get(7)?,
    })
}
