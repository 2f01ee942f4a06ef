//! `grants`: what one authorization gave; the parent of its code and tokens.

use super::{
    Row, StoreError, Tx,
    value::{params, parse_column},
};
use crate::model::{Amr, Grant, GrantId, Scope, Timestamp};

const FIND: &str = "
    SELECT id, client_id, user_id, session_id, scope, auth_time, amr, requested_at, created_at,
           revoked_at
      FROM grants
     WHERE id = ?1";

const INSERT: &str = "
    INSERT INTO grants (id, client_id, user_id, session_id, scope, auth_time, amr, requested_at,
                        created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

const REVOKE: &str = "UPDATE grants SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";

/// Finds a grant.
pub fn find(tx: &mut Tx<'_>, id: GrantId) -> Result<Option<Grant>, StoreError> {
    tx.query_opt(FIND, params![id], read)
}

/// Stores a new grant.
pub fn insert(tx: &mut Tx<'_>, grant: &Grant) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            grant.id,
            grant.client_id,
            grant.user_id,
            grant.session_id,
            grant.scope.to_string(),
            grant.auth_time,
            grant.amr.as_str(),
            grant.requested_at,
            grant.created_at,
        ],
    )?
    .expect_rows(1)
}

/// Takes a grant back, with every token it bought. `false` when it already was.
pub fn revoke(tx: &mut Tx<'_>, id: GrantId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(REVOKE, params![id, now])?.rows() == 1)
}

fn read(row: &Row<'_>) -> Result<Grant, StoreError> {
    let scope: String = row.get(4)?;
    let amr: String = row.get(6)?;
    Ok(Grant {
        id: row.get(0)?,
        client_id: row.get(1)?,
        user_id: row.get(2)?,
        session_id: row.get(3)?,
        scope: Scope::parse(&scope),
        auth_time: row.get(5)?,
        amr: parse_column(&amr, Amr::parse, 6, "authentication method")?,
        requested_at: row.get(7)?,
        created_at: row.get(8)?,
        revoked_at: row.get(9)?,
    })
}
