//! The copy of the tables from before a migration, in a schema of its own.

use super::{
    super::{StoreError, earlier::name_before, schema::Schema},
    migrations::{CREATE_VERSION, take_steps},
    session::PostgresConnection,
};
use crate::store::value::params;

/// The prefix of the names of the schemas.
pub(super) const PREFIX: &str = "pocketid_";

/// The schema in which our tables are.
const HOME: &str = "
    SELECT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = to_regclass('schema_version')";

/// Copies the tables, in the transaction of the migration. Without the right to create schemas, no copy is kept.
pub(super) fn keep(session: &mut PostgresConnection, found: i64) -> Result<(), StoreError> {
    let may = "SELECT has_database_privilege(current_database(), 'CREATE')";
    if !session.query(may, params![])?.first().is_some_and(|row| row.get(0)) {
        tracing::warn!(
            "no copy of the tables is kept, since this user may not make schemas: GRANT CREATE ON DATABASE"
        );
        return Ok(());
    }
    session.lift_limits()?;
    let home = home_of(session)?.replace('"', "\"\"");
    let copy = make_schema(session, &name_before(found + 1))?;
    let path = text(session, "SELECT current_setting('search_path')")?;
    session.control(&format!("SET LOCAL search_path = {copy}"))?;
    session.control(CREATE_VERSION)?;
    take_steps(session, 0, found)?;
    for table in Schema::at(found)?.tables {
        let (name, columns) = (&table.name, table.column_list());
        session.control(&format!(
            "INSERT INTO {name} ({columns}) SELECT {columns} FROM \"{home}\".{name}"
        ))?;
    }
    session.query("SELECT set_config('search_path', ?1, true)", params![path.as_str()])?;
    Ok(())
}

/// Makes a schema for a copy, with the first name that is free, and a comment that says when it was made.
pub(super) fn make_schema(
    session: &mut PostgresConnection,
    what: &str,
) -> Result<String, StoreError> {
    let base = format!("{PREFIX}{}", what.replace('-', "_"));
    let is_taken = "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname::text = ?1)";
    let mut name = base.clone();
    for count in 2_u32.. {
        if !session.query(is_taken, params![name.as_str()])?.first().is_some_and(|row| row.get(0)) {
            break;
        }
        name = format!("{base}_{count}");
    }
    let now = text(
        session,
        "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
    )?;
    session.control(&format!(
        "CREATE SCHEMA {name}; COMMENT ON SCHEMA {name} IS 'Data of pocketid, kept at {now}'"
    ))?;
    Ok(name)
}

pub(super) fn home_of(session: &mut PostgresConnection) -> Result<String, StoreError> {
    text(session, HOME)
}

fn text(session: &mut PostgresConnection, sql: &str) -> Result<String, StoreError> {
    let rows = session.query(sql, params![])?;
    rows.first()
        .map(|row| row.get(0))
        .ok_or_else(|| StoreError::NoSchema("its schema is gone".into()))
}
