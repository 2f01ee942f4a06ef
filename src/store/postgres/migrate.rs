//! Migrations: forward only, all in one transaction, by one process at a time.

use super::{super::StoreError, home, server_claim::claim_alone, session::PostgresConnection};
use crate::store::value::params;

/// The migrations, one per schema version. A released migration never changes.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/postgres/0001_initial.sql"),
    include_str!("../migrations/postgres/0002_hardening.sql"),
    include_str!("../migrations/postgres/0003_actors_and_expiry.sql"),
    include_str!("../migrations/postgres/0004_scim_providers.sql"),
    include_str!("../migrations/postgres/0005_sorted_users.sql"),
    include_str!("../migrations/postgres/0006_search_index.sql"),
];

/// The advisory lock of migrations; the number is `pocketid` in ASCII.
const LOCK: &str = "SELECT pg_advisory_xact_lock(8101241145063860580)";

const CREATE_VERSION: &str = "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)";

/// Drops the table that only this engine has, and that backups do not contain. With its table, the
/// triggers on `users` are gone already.
pub(super) const DROP_COUNTS: &str = "DROP TABLE IF EXISTS user_counts";

/// Migrates the schema to the newest version.
pub(super) fn migrate(session: &mut PostgresConnection) -> Result<(), StoreError> {
    let supported = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    session.begin("BEGIN")?;
    let result = migrate_in_transaction(session, supported);
    session.control(if result.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    result
}

fn migrate_in_transaction(
    session: &mut PostgresConnection,
    supported: i64,
) -> Result<(), StoreError> {
    let found = lock_and_find_version(session)?;
    if found > supported {
        return Err(StoreError::Newer { found, supported });
    }
    if 0 < found && found < supported {
        // A running server has an earlier version, and would continue with tables changed
        // underneath it.
        let claimed = claim_alone(session, String::new());
        claimed.map_err(|error| error.of_claim_to_migrate(found, supported))?;
    }
    take_steps(session, found, supported).map_err(|error| error.in_migration(found, supported))
}

/// Takes the migration lock until the transaction ends, and returns the schema version: 0 for an
/// empty database.
pub(super) fn lock_and_find_version(session: &mut PostgresConnection) -> Result<i64, StoreError> {
    session.control(LOCK)?;
    home::make(session)?;
    session.control(CREATE_VERSION)?;
    let rows = session.query("SELECT MAX(version) FROM schema_version", params![])?;
    Ok(rows.first().and_then(|row| row.get::<_, Option<i64>>(0)).unwrap_or(0))
}

/// Migrates the schema from one version to a later one.
pub(super) fn take_steps(
    session: &mut PostgresConnection,
    from: i64,
    to: i64,
) -> Result<(), StoreError> {
    for target in from + 1..=to {
        session.control(MIGRATIONS[usize::try_from(target - 1).unwrap_or_default()])?;
        session.execute("INSERT INTO schema_version (version) VALUES (?1)", params![target])?;
    }
    Ok(())
}

/// Fails unless the schema has the version of this program.
pub(super) fn refuse_other_versions(session: &mut PostgresConnection) -> Result<(), StoreError> {
    session.begin("BEGIN")?;
    let found = find_version(session);
    session.control("ROLLBACK")?;
    StoreError::refuse_other_version(found?, MIGRATIONS.len())
}

/// The version of the schema; 0 if there is none.
fn find_version(session: &mut PostgresConnection) -> Result<i64, StoreError> {
    let there = "SELECT to_regclass('schema_version')::text";
    let is_new =
        session.query(there, params![])?.iter().all(|row| row.get::<_, Option<&str>>(0).is_none());
    if is_new {
        return Ok(0);
    }
    let rows = session.query("SELECT MAX(version) FROM schema_version", params![])?;
    Ok(rows.first().and_then(|row| row.get::<_, Option<i64>>(0)).unwrap_or(0))
}
