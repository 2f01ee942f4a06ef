//! `scim_providers`: the SCIM endpoints of clients.

use super::{Row, StoreError, Tx, value::params};
use crate::model::{ClientId, ScimProvider, ScimProviderId, Timestamp};

const FIND: &str = "
    SELECT id, client_id, endpoint, sealed_token, last_synced_at, created_at,
           last_attempted_at, last_error
      FROM scim_providers
     WHERE id = ?1";

const FIND_OF_CLIENT: &str = "
    SELECT id, client_id, endpoint, sealed_token, last_synced_at, created_at,
           last_attempted_at, last_error
      FROM scim_providers
     WHERE client_id = ?1
     ORDER BY id
     LIMIT 1";

const INSERT: &str = "
    INSERT INTO scim_providers (id, client_id, endpoint, sealed_token, last_synced_at, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const UPDATE: &str = "
    UPDATE scim_providers SET client_id = ?2, endpoint = ?3, sealed_token = ?4 WHERE id = ?1";

const LIST: &str = "
    SELECT id, client_id, endpoint, sealed_token, last_synced_at, created_at,
           last_attempted_at, last_error
      FROM scim_providers
     ORDER BY client_id, id";

const IDS: &str = "SELECT id FROM scim_providers ORDER BY id";

/// Providers whose last attempt is older than `?1`, or lies in the future of a wrong clock.
const UNTRIED_SINCE: &str = "
    SELECT id
      FROM scim_providers
     WHERE last_attempted_at IS NULL OR last_attempted_at <= ?1 OR last_attempted_at > ?2
     ORDER BY id";

const BEGIN: &str = "UPDATE scim_providers SET last_attempted_at = ?2 WHERE id = ?1";

const SUCCEED: &str =
    "UPDATE scim_providers SET last_synced_at = ?2, last_error = NULL WHERE id = ?1";

const FAIL: &str = "UPDATE scim_providers SET last_error = ?2 WHERE id = ?1";

const DELETE: &str = "DELETE FROM scim_providers WHERE id = ?1";

/// Finds a provider.
pub fn find(tx: &mut Tx<'_>, id: ScimProviderId) -> Result<Option<ScimProvider>, StoreError> {
    tx.query_opt(FIND, params![id], read)
}

/// Finds the oldest provider of a client.
pub fn find_of_client(tx: &mut Tx<'_>, id: &ClientId) -> Result<Option<ScimProvider>, StoreError> {
    tx.query_opt(FIND_OF_CLIENT, params![id], read)
}

/// Lists every provider, by client.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<ScimProvider>, StoreError> {
    tx.query_all(LIST, params![], read)
}

/// Lists the id of every provider.
pub fn ids(tx: &mut Tx<'_>) -> Result<Vec<ScimProviderId>, StoreError> {
    tx.query_all(IDS, params![], |row| row.get(0))
}

/// Lists the providers that were not synchronised since this moment.
pub fn list_untried_since(
    tx: &mut Tx<'_>,
    moment: Timestamp,
    now: Timestamp,
) -> Result<Vec<ScimProviderId>, StoreError> {
    tx.query_all(UNTRIED_SINCE, params![moment, now], |row| row.get(0))
}

/// Notes the begin of a synchronisation. `false` when the provider was deleted.
pub fn begin(tx: &mut Tx<'_>, id: ScimProviderId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(BEGIN, params![id, now])?.rows() == 1)
}

/// Notes a complete synchronisation.
pub fn succeed(tx: &mut Tx<'_>, id: ScimProviderId, now: Timestamp) -> Result<(), StoreError> {
    // The provider may have been deleted meanwhile.
    tx.execute(SUCCEED, params![id, now]).map(drop)
}

/// Notes why a synchronisation failed.
pub fn fail(tx: &mut Tx<'_>, id: ScimProviderId, error: &str) -> Result<(), StoreError> {
    tx.execute(FAIL, params![id, error]).map(drop)
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
        last_attempted_at: row.get(6)?,
        last_error: row.get(7)?,
    })
}
