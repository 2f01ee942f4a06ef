//! `identity_assertions`: the authorization servers elsewhere for which clients get assertions about
//! their users; and `asserted_audiences`, for which of them a grant has led to one. Assertions
//! themselves are not stored.

use super::{Row, StoreError, Tx, value::params};
use crate::model::{AssertionAudience, AssertionRule, ClientId, GrantId};

const LIST: &str = "
    SELECT audience, audience_client_id, scope, resources
      FROM identity_assertions
     WHERE client_id = ?1
     ORDER BY audience";

const INSERT: &str = "
    INSERT INTO identity_assertions (client_id, audience, audience_client_id, scope, resources)
    VALUES (?1, ?2, ?3, ?4, ?5)";

const DELETE: &str = "DELETE FROM identity_assertions WHERE client_id = ?1";

const NOTE: &str = "
    INSERT INTO asserted_audiences (grant_id, audience) VALUES (?1, ?2)
    ON CONFLICT (grant_id, audience) DO NOTHING";

/// Lists the rules of a client.
pub fn list_of_client(tx: &mut Tx<'_>, id: &ClientId) -> Result<Vec<AssertionRule>, StoreError> {
    tx.query_all(LIST, params![id], |row| read(row, 0))
}

/// Replaces the rules of a client.
pub fn replace(tx: &mut Tx<'_>, id: &ClientId, rules: &[AssertionRule]) -> Result<(), StoreError> {
    // Any number of rows.
    let _ = tx.execute(DELETE, params![id])?;
    for AssertionRule { audience, client_id, scope, resources } in rules {
        tx.execute(INSERT, params![id, audience, client_id, scope, resources])?.expect_rows(1)?;
    }
    Ok(())
}

/// Notes that a grant led to an assertion for this server. `false` when it had done so before.
pub fn note(
    tx: &mut Tx<'_>,
    grant_id: GrantId,
    audience: &AssertionAudience,
) -> Result<bool, StoreError> {
    Ok(tx.execute(NOTE, params![grant_id, audience])?.rows() == 1)
}

/// Reads a rule from its four columns, which begin at `first`.
pub(super) fn read(row: &Row<'_>, first: usize) -> Result<AssertionRule, StoreError> {
    Ok(AssertionRule {
        audience: row.get(first)?,
        client_id: row.get(first + 1)?,
        scope: row.get(first + 2)?,
        resources: row.get(first + 3)?,
    })
}
