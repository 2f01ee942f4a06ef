//! `service_assertions`: digests of the issuer and `jti` of assertions that services used, until these
//! expire (RFC 7523 §3).

use super::{StoreError, Tx, value::params};
use crate::{
    crypto::Digest,
    model::{Timestamp, UserId},
};

const INSERT: &str = "
    INSERT INTO service_assertions (user_id, name_digest, expires_at) VALUES (?1, ?2, ?3)
    ON CONFLICT (user_id, name_digest) DO NOTHING";

const IS_USED: &str = "SELECT 1 FROM service_assertions WHERE user_id = ?1 AND name_digest = ?2";

/// Whether an assertion was used.
pub fn is_used(tx: &mut Tx<'_>, user_id: UserId, name: Digest) -> Result<bool, StoreError> {
    tx.exists(IS_USED, params![user_id, name])
}

/// Marks an assertion as used. `false` when it was used before.
pub fn insert(
    tx: &mut Tx<'_>,
    user_id: UserId,
    name: Digest,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.execute(INSERT, params![user_id, name, expires_at])?.rows() == 1)
}
