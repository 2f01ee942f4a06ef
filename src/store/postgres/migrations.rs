//! The migrations, and running them in a transaction of the caller.

use super::{
    super::{StoreError, self_check::Census},
    session::PostgresConnection,
};
use crate::store::value::params;

/// The migrations, one per schema version. A released migration never changes.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/postgres/0001_initial.sql"),
    include_str!("../migrations/postgres/0002_hardening.sql"),
    include_str!("../migrations/postgres/0003_actors_and_expiry.sql"),
    include_str!("../migrations/postgres/0004_scim_providers.sql"),
    include_str!("../migrations/postgres/0005_sorted_users.sql"),
    include_str!("../migrations/postgres/0006_search_index.sql"),
    include_str!("../migrations/postgres/0007_outward.sql"),
    include_str!("../migrations/postgres/0008_beyond.sql"),
];

/// Makes the table of the version.
pub(super) const CREATE_VERSION: &str =
    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)";

/// Drops the table that only this engine has, and that backups do not contain. With its table, the
/// triggers on `users` are gone already.
pub(super) const DROP_COUNTS: &str = "DROP TABLE IF EXISTS user_counts";

/// Migrates the schema from one version to a later one. The caller undoes it after an error.
pub(super) fn take_steps(
    session: &mut PostgresConnection,
    from: i64,
    to: i64,
) -> Result<(), StoreError> {
    let before = if 0 < from && from < to { Some(census(session)?) } else { None };
    for target in from + 1..=to {
        session.control(MIGRATIONS[usize::try_from(target - 1).unwrap_or_default()])?;
        session.execute("INSERT INTO schema_version (version) VALUES (?1)", params![target])?;
    }
    match before {
        Some(before) => before.refuse_difference(&census(session)?),
        None => Ok(()),
    }
}

/// Counts what a migration must not change.
pub(super) fn census(session: &mut PostgresConnection) -> Result<Census, StoreError> {
    Census::take(|sql| {
        let rows = session.query(sql, params![])?;
        Ok(rows.first().map_or(0, |row| row.get(0)))
    })
}

/// The version of the schema; 0 if there is none.
pub(super) fn find_version(session: &mut PostgresConnection) -> Result<i64, StoreError> {
    let there = "SELECT to_regclass('schema_version')::text";
    let is_new =
        session.query(there, params![])?.iter().all(|row| row.get::<_, Option<&str>>(0).is_none());
    if is_new {
        return Ok(0);
    }
    let rows = session.query("SELECT MAX(version) FROM schema_version", params![])?;
    Ok(rows.first().and_then(|row| row.get::<_, Option<i64>>(0)).unwrap_or(0))
}
