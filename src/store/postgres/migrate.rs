//! Migrations: forward only, all in one transaction, by one process at a time.

use super::{
    super::StoreError,
    before_migration, home,
    migrations::{CREATE_VERSION, MIGRATIONS, find_version, take_steps},
    server_claim::claim_alone,
    session::PostgresConnection,
};
use crate::store::value::params;

/// The advisory lock of migrations; the number is `pocketid` in ASCII.
const LOCK: &str = "SELECT pg_advisory_xact_lock(8101241145063860580)";

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
        session.lift_limits()?;
        before_migration::keep(session, found)?;
    }
    take_steps(session, found, supported).map_err(|error| error.in_migration(found, supported))
}

/// Takes the migration lock until the transaction ends, and returns the schema version: 0 for an
/// empty database.
pub(super) fn lock_and_find_version(session: &mut PostgresConnection) -> Result<i64, StoreError> {
    session.control(LOCK)?;
    home::make(session)?;
    session.control(CREATE_VERSION)?;
    home::refuse_of_others(session)?;
    let rows = session.query("SELECT MAX(version) FROM schema_version", params![])?;
    Ok(rows.first().and_then(|row| row.get::<_, Option<i64>>(0)).unwrap_or(0))
}

/// Fails unless the schema has the version of this program.
pub(super) fn refuse_other_versions(session: &mut PostgresConnection) -> Result<(), StoreError> {
    session.begin("BEGIN")?;
    let found = home::refuse_of_others(session).and_then(|()| find_version(session));
    session.control("ROLLBACK")?;
    StoreError::refuse_other_version(found?, MIGRATIONS.len())
}
