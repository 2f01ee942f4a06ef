//! The migrations, and running them in a transaction of the caller.

use rusqlite::{Connection, TransactionBehavior};

use super::super::{StoreError, self_check::Census};

/// The migrations, one per schema version. A released migration never changes.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/sqlite/0001_initial.sql"),
    include_str!("../migrations/sqlite/0002_hardening.sql"),
    include_str!("../migrations/sqlite/0003_actors_and_expiry.sql"),
    include_str!("../migrations/sqlite/0004_scim_providers.sql"),
    include_str!("../migrations/sqlite/0005_sorted_users.sql"),
    include_str!("../migrations/sqlite/0006_search_index.sql"),
    include_str!("../migrations/sqlite/0007_outward.sql"),
    include_str!("../migrations/sqlite/0008_beyond.sql"),
];

/// The newest version of the schema.
pub(in crate::store) const NEWEST: i64 = MIGRATIONS.len() as i64;

/// Migrates a database that is not yet in use to a version, without a copy.
pub(in crate::store) fn migrate_to(
    connection: &mut Connection,
    version: i64,
) -> Result<(), StoreError> {
    let steps = usize::try_from(version).ok().and_then(|count| MIGRATIONS.get(..count));
    let newer = StoreError::Newer { found: version, supported: NEWEST };
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    take_steps(&tx, steps.ok_or(newer)?)?;
    Ok(tx.commit()?)
}

/// Runs the pending migrations, in a transaction of the caller, who undoes them after an error.
pub(super) fn take_steps(connection: &Connection, steps: &[&str]) -> Result<(), StoreError> {
    let found = version(connection)?;
    let pending = (1..).zip(steps).filter(|(target, _)| found < *target);
    let before = if found > 0 { Some(census(connection)?) } else { None };
    for (target, step) in pending {
        connection.execute_batch(step)?;
        connection.pragma_update(None, "user_version", target)?;
    }
    match before {
        Some(before) => before.refuse_difference(&census(connection)?),
        None => Ok(()),
    }
}

/// Counts what a migration must not change.
pub(super) fn census(connection: &Connection) -> Result<Census, StoreError> {
    Census::take(|sql| Ok(connection.query_row(sql, [], |row| row.get(0))?))
}

/// Fails unless the schema has the version of this program.
pub(in crate::store) fn refuse_other_versions(connection: &Connection) -> Result<(), StoreError> {
    StoreError::refuse_other_version(version(connection)?, MIGRATIONS.len())
}

/// The version of the schema.
pub(super) fn version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}
