//! The copy of the tables from before a migration, in a schema of its own.

use super::{
    super::{StoreError, earlier::name_before, schema::Schema},
    migrations::{CREATE_VERSION, take_steps},
    path::Path,
    schemas::quoted,
    session::PostgresConnection,
};
use crate::store::value::params;

/// Copies the tables, in the transaction of the migration. Without the right to create schemas, no copy is kept.
pub(super) fn keep(session: &mut PostgresConnection, found: i64) -> Result<(), StoreError> {
    let path = Path::leave(session)?;
    let kept = keep_from(session, &path.home, found);
    path.take_again(session)?;
    kept
}

fn keep_from(session: &mut PostgresConnection, home: &str, found: i64) -> Result<(), StoreError> {
    let may = "SELECT has_database_privilege(current_database(), 'CREATE')";
    if !session.query(may, params![])?.first().is_some_and(|row| row.get(0)) {
        tracing::warn!(
            "no copy of the tables is kept, since this user may not make schemas: GRANT CREATE ON DATABASE"
        );
        return Ok(());
    }
    let copy = make_schema(session, home, &name_before(found + 1))?;
    session.control(&format!("SET LOCAL search_path = {}", quoted(&copy)))?;
    session.control(CREATE_VERSION)?;
    take_steps(session, 0, found)?;
    for table in Schema::at(found)?.tables {
        let (name, columns) = (&table.name, table.column_list());
        session.control(&format!(
            "INSERT INTO {name} ({columns}) SELECT {columns} FROM {}.{name}",
            quoted(home)
        ))?;
    }
    Ok(())
}

/// The start of the names of such schemas. PostgreSQL cuts names above 63 bytes.
pub(super) fn prefix(home: &str) -> String {
    let fits = |(start, letter): &(usize, char)| start + letter.len_utf8() <= 36;
    let start: String = home.char_indices().take_while(fits).map(|(_, letter)| letter).collect();
    format!("{start}_")
}

/// Makes a schema for data of the one that has our tables, with the first name that is free, and a comment that says when it
/// was made. Needs an empty search path.
pub(super) fn make_schema(
    session: &mut PostgresConnection,
    home: &str,
    what: &str,
) -> Result<String, StoreError> {
    let base = format!("{}{}", prefix(home), what.replace('-', "_"));
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
    let schema = quoted(&name);
    session.control(&format!(
        "CREATE SCHEMA {schema}; COMMENT ON SCHEMA {schema} IS 'Data of pocketid, kept at {now}'"
    ))?;
    Ok(name)
}

fn text(session: &mut PostgresConnection, sql: &str) -> Result<String, StoreError> {
    let rows = session.query(sql, params![])?;
    rows.first()
        .map(|row| row.get(0))
        .ok_or_else(|| StoreError::NoSchema("its schema is gone".into()))
}
