//! `dpop_proofs`: digests of the proofs that were used, until these would be refused for their age
//! (RFC 9449 §11.1).

use super::{StoreError, Tx, value::params};
use crate::{crypto::Digest, model::Timestamp};

// Not a `Conflict`: that would end the transaction, and the caller still has to record the refusal.
const INSERT: &str = "
    INSERT INTO dpop_proofs (proof_digest, expires_at) VALUES (?1, ?2)
    ON CONFLICT (proof_digest) DO NOTHING";

/// Marks a proof as used. `false` when it was used before.
pub fn insert(tx: &mut Tx<'_>, proof: Digest, expires_at: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(INSERT, params![proof, expires_at])?.rows() == 1)
}
