//! Deletes expired rows of every table, and old audit entries.
//!
//! Works in batches, so that no sign-in waits for a long delete.

use super::{
    StoreError, Tx, client_metadata_documents, client_metadata_requests, client_registrations,
    ssh_certificates, value::params,
};
use crate::model::Timestamp;

/// The statements of one round. `?1` is the current time, `?2` the size of a batch. Grants outlive their tokens; tokens
/// are deleted first, since a grant may have any number of them, and codes, which wait for their grants.
const DELETES: &[&str] = &[
    "DELETE FROM exchanged_tokens WHERE id IN (
         SELECT id FROM exchanged_tokens WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
    "DELETE FROM access_tokens WHERE (grant_id, token_digest) IN (
         SELECT grant_id, token_digest FROM access_tokens
          WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
    "DELETE FROM refresh_tokens WHERE (grant_id, token_digest) IN (
         SELECT grant_id, token_digest FROM refresh_tokens
          WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
    "DELETE FROM authorization_codes WHERE grant_id IN (
         SELECT id FROM grants WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
    "DELETE FROM grants WHERE id IN (
         SELECT id FROM grants WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
    "DELETE FROM sessions WHERE id IN (
         SELECT id FROM sessions WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
    "DELETE FROM ceremonies WHERE id IN (
         SELECT id FROM ceremonies WHERE expires_at <= ?1 LIMIT ?2)",
    client_metadata_documents::DELETE_UNUSED,
    client_metadata_requests::DELETE_OLD,
    client_registrations::DELETE_UNUSED,
    "DELETE FROM device_codes WHERE id IN (
         SELECT id FROM device_codes WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM device_logins WHERE id IN (
         SELECT id FROM device_logins WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM host_codes WHERE id IN (
         SELECT id FROM host_codes WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM host_sessions WHERE id IN (
         SELECT id FROM host_sessions WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM interactions WHERE id IN (
         SELECT id FROM interactions WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM email_verifications WHERE user_id IN (
         SELECT user_id FROM email_verifications WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM one_time_access_tokens WHERE id IN (
         SELECT id FROM one_time_access_tokens WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM pushed_authorization_requests WHERE id IN (
         SELECT id FROM pushed_authorization_requests WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM reauthentications WHERE id IN (
         SELECT id FROM reauthentications WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM signup_tokens WHERE id IN (
         SELECT id FROM signup_tokens WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM client_access_tokens WHERE id IN (
         SELECT id FROM client_access_tokens WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
    "DELETE FROM client_assertions WHERE (client_id, name_digest) IN (
         SELECT client_id, name_digest FROM client_assertions WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM service_assertions WHERE (user_id, name_digest) IN (
         SELECT user_id, name_digest FROM service_assertions WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM dpop_proofs WHERE proof_digest IN (
         SELECT proof_digest FROM dpop_proofs WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
    ssh_certificates::DELETE_EXPIRED,
    // Deletes nothing: what it notes is not found again.
    ssh_certificates::NOTE_REVOKED,
    "DELETE FROM signing_keys WHERE kid IN (
         SELECT kid FROM signing_keys WHERE published_until <= ?1 LIMIT ?2)",
];

/// Ids are in order of time, so this checks only the oldest entries.
const DELETE_OLD_EVENTS: &str = "
    DELETE FROM audit_events WHERE id IN (
        SELECT id FROM (SELECT id, created_at FROM audit_events ORDER BY id LIMIT ?2) oldest
         WHERE created_at <= ?1)";

/// The number of statements in a round, each with its own batch.
pub const STEPS: usize = DELETES.len() + 1;

/// The times before which rows count as expired.
#[derive(Debug, Clone, Copy)]
pub struct ExpiryBounds {
    /// Rows that end at this time or earlier are deleted.
    pub now: Timestamp,
    /// Audit log entries of this time or earlier are deleted.
    pub oldest_event: Timestamp,
}

/// Runs one statement. Returns the number of deleted rows: fewer than `batch` when none are left.
pub fn delete(
    tx: &mut Tx<'_>,
    step: usize,
    bounds: ExpiryBounds,
    batch: i64,
) -> Result<usize, StoreError> {
    let deleted = match DELETES.get(step) {
        Some(sql) => tx.execute(sql, params![bounds.now, batch])?,
        None => tx.execute(DELETE_OLD_EVENTS, params![bounds.oldest_event, batch])?,
    };
    Ok(deleted.rows())
}
