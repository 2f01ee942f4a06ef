//! `client_secrets` that expire soon, and whether that was noted.

use super::{StoreError, Tx, value::params};
use crate::model::{ClientId, ClientName, ClientSecretId, Timestamp};

/// Secrets that were made just now are for a short time on purpose.
const UNNOTED_EXPIRING_SECRETS: &str = "
    SELECT s.id, s.client_id, c.name, s.prefix, s.expires_at
      FROM client_secrets s
      JOIN clients c ON c.id = s.client_id
     WHERE s.expires_at > ?1 AND s.expires_at <= ?2 AND s.is_expiry_noted = 0
       AND s.created_at <= ?3
     ORDER BY s.expires_at, s.id
     LIMIT ?4";

const RECORD_SECRET_EXPIRY_NOTED: &str =
    "UPDATE client_secrets SET is_expiry_noted = 1 WHERE id = ?1";

/// A secret that expires soon, with its client.
#[derive(Debug)]
pub struct ExpiringSecret {
    /// Its id.
    pub id: ClientSecretId,
    /// Its client.
    pub client_id: ClientId,
    /// The name of its client.
    pub client_name: ClientName,
    /// Its first characters.
    pub prefix: String,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// Lists secrets that end between now and `until`, were made a day ago or earlier, and were not noted.
pub fn list_unnoted_expiring_secrets(
    tx: &mut Tx<'_>,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<ExpiringSecret>, StoreError> {
    const DAY: i64 = 86_400;
    let range = params![now, until, now.plus(-DAY), limit];
    tx.query_all(UNNOTED_EXPIRING_SECRETS, range, |row| {
        Ok(ExpiringSecret {
            id: row.get(0)?,
            client_id: row.get(1)?,
            client_name: row.get(2)?,
            prefix: row.get(3)?,
            expires_at: row.get(4)?,
        })
    })
}

/// Records that the end of a secret was noted.
pub fn record_secret_expiry_noted(tx: &mut Tx<'_>, id: ClientSecretId) -> Result<(), StoreError> {
    tx.execute(RECORD_SECRET_EXPIRY_NOTED, params![id])?.expect_rows(1)
}
