//! Deletes the grants and tokens of an account or a client in batches, before it is deleted itself.
//! A cascading delete would do it in one write, which blocks all others, and one grant alone may
//! have any number of tokens.

use super::{
    Store, StoreError, Tx,
    value::{Bind, params},
};
use crate::model::{ClientId, UserId};

/// Rows deleted at a time.
const BATCH: i64 = 500;

const DELETE_TOKENS_OF_CLIENT: &str = "
    DELETE FROM client_access_tokens WHERE id IN (
        SELECT id FROM client_access_tokens WHERE client_id = ?1 LIMIT ?2)";

const DELETE_EXCHANGED_OF_CLIENT: &str = "
    DELETE FROM exchanged_tokens WHERE id IN (
        SELECT id FROM exchanged_tokens WHERE client_id = ?1 LIMIT ?2)";

/// Deletes all grants of a client, with their tokens, and the client's own tokens. Each batch takes
/// effect at once.
pub fn delete_grants_of_client(store: &Store, id: &ClientId) -> Result<(), StoreError> {
    delete_all(store, &grants_of("client_id"), id)?;
    delete_all(store, &[DELETE_EXCHANGED_OF_CLIENT.to_owned()], id)?;
    delete_all(store, &[DELETE_TOKENS_OF_CLIENT.to_owned()], id)
}

/// Deletes all grants of a user, with their tokens. Store the logout notices for clients first:
/// they are derived from the grants.
pub fn delete_grants_of_user(store: &Store, id: UserId) -> Result<(), StoreError> {
    delete_all(store, &grants_of("user_id"), &id)
}

/// Statements that delete the tokens and the codes of the next grants, then these grants. `?1` is the owner, `?2` the
/// maximal number of rows.
///
/// A code that is being redeemed holds its row and waits for that of its grant. So no grant is deleted that still has
/// a code: both would wait for each other.
fn grants_of(column: &str) -> [String; 4] {
    let next = format!("SELECT id FROM grants WHERE {column} = ?1 ORDER BY id LIMIT {BATCH}");
    let tokens = |table: &str| {
        format!(
            "DELETE FROM {table} WHERE (grant_id, token_digest) IN (
                 SELECT grant_id, token_digest FROM {table} WHERE grant_id IN ({next}) LIMIT ?2)"
        )
    };
    let codes = format!(
        "DELETE FROM authorization_codes WHERE grant_id IN (SELECT id FROM ({next}) n LIMIT ?2)"
    );
    let grants = format!("DELETE FROM grants WHERE id IN (SELECT id FROM ({next}) n LIMIT ?2)");
    [tokens("access_tokens"), tokens("refresh_tokens"), codes, grants]
}

/// Runs each statement, each time in a separate write, until it deletes nothing. Starts again after
/// the last statement has deleted grants, since the next grants have tokens of their own.
fn delete_all<V>(store: &Store, statements: &[String], whose: &V) -> Result<(), StoreError>
where
    V: Bind + Clone + Send + 'static,
{
    let mut place = 0;
    while let Some(sql) = statements.get(place) {
        let (sql, whose) = (sql.clone(), whose.clone());
        let delete = move |tx: &mut Tx<'_>| tx.execute(&sql, params![whose, BATCH]);
        place = match store.write_blocking(delete)?.rows() {
            0 => place + 1,
            _ if place + 1 == statements.len() => 0,
            _ => place,
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_batches_is_found_by_indexes() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::model::Database::Sqlite(folder.path().join("test.db"));
        let store = Store::open(&database).unwrap();
        for column in ["client_id", "user_id"] {
            for sql in grants_of(column) {
                let plan = store.read_blocking(|tx| {
                    let explain = format!("EXPLAIN QUERY PLAN {sql}");
                    tx.query_all(&explain, params![0_i64, BATCH], |row| row.get::<String>(3))
                });
                let plan = plan.unwrap().join("\n");
                // Scanning the subquery `n` is fine; scanning a table is not.
                let reads_all = |line: &str| line.starts_with("SCAN") && line != "SCAN n";
                assert!(!plan.lines().any(reads_all) && !plan.contains("TEMP B-TREE"), "{plan}");
            }
        }
    }
}
