//! `scim_providers`: the SCIM endpoints of clients.

use super::{Row, StoreError, Tx, value::params};
use crate::model::{ClientId, ScimProvider, ScimProviderId};

const FIND: &str = "
    SELECT id, client_id, endpoint, sealed_token, last_synced_at, created_at
      FROM scim_providers
     WHERE id = ?1";

const FIND_OF_CLIENT: &str = "
    SELECT id, client_id, endpoint, sealed_token, last_synced_at, created_at
      FROM scim_providers
     WHERE client_id = ?1
     ORDER BY id
     LIMIT 1";

const INSERT: &str = "
    INSERT INTO scim_providers (id, client_id, endpoint, sealed_token, last_synced_at, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const UPDATE: &str = "
    UPDATE scim_providers SET client_id = ?2, endpoint = ?3, sealed_token = ?4 WHERE id = ?1";

const DELETE: &str = "DELETE FROM scim_providers WHERE id = ?1";

/// Finds a provider.
pub fn find(tx: &mut Tx<'_>, id: ScimProviderId) -> Result<Option<ScimProvider>, StoreError> {
    tx.query_opt(FIND, params![id], read)
}

/// Finds the oldest provider of a client.
pub fn find_of_client(tx: &mut Tx<'_>, id: &ClientId) -> Result<Option<ScimProvider>, StoreError> {
    tx.query_opt(FIND_OF_CLIENT, params![id], read)
}

/// Stores a new provider.
pub fn insert(tx: &mut Tx<'_>, provider: &ScimProvider) -> Result<(), StoreError> {
    let params = params![
        provider.id,
        provider.client_id,
        provider.endpoint,
        provider.sealed_token,
        provider.last_synced_at,
        provider.created_at,
    ];
    tx.execute(INSERT, params)?.expect_rows(1)
}

/// Stores the client, the endpoint and the token of a provider.
pub fn update(tx: &mut Tx<'_>, provider: &ScimProvider) -> Result<(), StoreError> {
    let params = params![provider.id, provider.client_id, provider.endpoint, provider.sealed_token];
    tx.execute(UPDATE, params)?.expect_rows(1)
}

/// Deletes a provider. Returns `false` when there is none.
pub fn delete(tx: &mut Tx<'_>, id: ScimProviderId) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![id])?.rows() == 1)
}

fn read(row: &Row<'_>) -> Result<ScimProvider, StoreError> {
    Ok(ScimProvider {
        id: row.get(0)?,
        client_id: row.get(1)?,
        endpoint: row.get(2)?,
        sealed_token: row.get(3)?,
        last_synced_at: row.get(4)?,
        created_at: row.get(5)?,
    })
}
