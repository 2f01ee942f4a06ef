//! `client_assertions`: digests of the issuer and `jti` of used assertions, until these expire (RFC
//! 7523 §3).

use super::{StoreError, Tx, value::params};
use crate::{
    crypto::Digest,
    model::{ClientId, Timestamp},
};

const INSERT: &str = "
    INSERT INTO client_assertions (client_id, name_digest, expires_at) VALUES (?1, ?2, ?3)";

/// Marks an assertion as used. `Conflict` when it was used before.
pub fn insert(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    name: Digest,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(INSERT, params![client_id, name, expires_at])?.expect_rows(1)
}
