//! Examines the database for damage.

use super::{StoreError, Tx, columns::RowRules, schema::Schema, value::params};

/// The result of an examination.
#[derive(Debug)]
pub struct Examination {
    /// The engine and its version.
    pub engine: String,
    /// The faults, as sentences; empty when none were found.
    pub faults: Vec<String>,
    /// The first rows that the models reject, each with its fault.
    pub unsound_rows: Vec<String>,
}

/// Checks the file; reports at most five faults.
const QUICK_CHECK: &str = "PRAGMA quick_check(5)";

/// The oldest maintained version of PostgreSQL.
const OLDEST_POSTGRES: i64 = 140_000;

const BROKEN_REFERENCES: &str = "
    SELECT \"table\", COUNT(*) FROM pragma_foreign_key_check GROUP BY 1 ORDER BY 1";

const POSTGRES: &str = "
    SELECT current_setting('server_version'), current_setting('server_version_num')::int8,
           CASE WHEN pg_is_in_recovery() THEN 1::int8 ELSE 0::int8 END";

/// Tables on which this user lacks a required privilege.
const OUT_OF_REACH: &str = "
    SELECT c.relname::text
      FROM pg_class c
     WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
       AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
                AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))
     ORDER BY 1";

pub(super) fn sqlite(tx: &mut Tx<'_>) -> Result<Examination, StoreError> {
    let version = tx.query_opt("SELECT sqlite_version()", params![], |row| row.get::<String>(0))?;
    let mut faults = tx.query_all(QUICK_CHECK, params![], |row| row.get::<String>(0))?;
    faults.retain(|fault| fault != "ok");
    let broken = tx.query_all(BROKEN_REFERENCES, params![], |row| {
        let (table, count): (String, i64) = (row.get(0)?, row.get(1)?);
        Ok(format!("{count} rows of {table} refer to rows that do not exist"))
    })?;
    faults.extend(broken);
    let unsound_rows = if faults.is_empty() { unsound_rows(tx)? } else { Vec::new() };
    let engine = format!("SQLite {}", version.unwrap_or_default());
    Ok(Examination { engine, faults, unsound_rows })
}

pub(super) fn postgres(tx: &mut Tx<'_>) -> Result<Examination, StoreError> {
    let seen: Option<(String, i64, bool)> =
        tx.query_opt(POSTGRES, params![], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let (version, number, is_standby) = seen.unwrap_or_default();
    let mut faults = tx.query_all(OUT_OF_REACH, params![], |row| {
        let table: String = row.get(0)?;
        Ok(format!("this user may not read and write the table {table}"))
    })?;
    // Tables that this user may not read cannot be checked.
    let unsound_rows = if faults.is_empty() { unsound_rows(tx)? } else { Vec::new() };
    if is_standby {
        faults.push("it is a standby, which is read-only".to_owned());
    }
    if number < OLDEST_POSTGRES {
        faults.push("this version of PostgreSQL is no longer supported".to_owned());
    }
    Ok(Examination { engine: format!("PostgreSQL {version}"), faults, unsound_rows })
}

/// Finds rows that the models reject: another program has written them.
fn unsound_rows(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    const TOLD: usize = 10;
    let mut faults = Vec::new();
    for table in &Schema::at(Schema::NEWEST)?.tables {
        let rules = RowRules::of(table);
        if !rules.has_texts() {
            continue;
        }
        tx.each_row(table, |values| {
            if let Err(fault) = rules.check(values)
                && faults.len() < TOLD
            {
                faults.push(format!("row {} of {}: {fault}", rules.name_of(values), table.name));
            }
            Ok::<_, StoreError>(())
        })?;
    }
    Ok(faults)
}
