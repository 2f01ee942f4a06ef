//! The tables at each version of the schema, derived from the migrations: new tables are included
//! automatically.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::{StoreError, sqlite};

/// The type of a column. The schema uses only three, which both engines have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Bytes.
    Blob,
    /// A whole number.
    Integer,
    /// A text.
    Text,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: ColumnKind,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The names of the columns of its primary key, in order.
    pub key: Vec<String>,
}

impl Table {
    /// The type of a column.
    pub fn kind_of(&self, name: &str) -> Option<ColumnKind> {
        self.columns.iter().find(|column| column.name == name).map(|column| column.kind)
    }

    /// The names of its columns, separated by commas.
    pub(super) fn column_list(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|column| column.name.as_str()).collect();
        names.join(", ")
    }
}

/// The tables of one version. Referenced tables come before those that refer to them.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The version.
    pub version: i64,
    /// The tables.
    pub tables: Vec<Table>,
}

impl Schema {
    /// The newest version that this program knows.
    pub const NEWEST: i64 = sqlite::NEWEST;

    /// The schema of a version from 1 to [`Schema::NEWEST`].
    pub fn at(version: i64) -> Result<Self, StoreError> {
        let mut connection = Connection::open_in_memory()?;
        sqlite::migrate_to(&mut connection, version)?;
        let names = names(
            &connection,
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
              ORDER BY name",
            "",
        )?;
        let mut left = Vec::new();
        for name in names {
            let parents = "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?1)";
            let mut parents: BTreeSet<_> =
                self::names(&connection, parents, &name)?.into_iter().collect();
            parents.remove(&name);
            left.push((table(&connection, name)?, parents));
        }
        Ok(Self { version, tables: in_order(left) })
    }
}

/// Sorts tables after those that they refer to.
fn in_order(mut left: Vec<(Table, BTreeSet<String>)>) -> Vec<Table> {
    let mut ordered: Vec<Table> = Vec::new();
    while !left.is_empty() {
        let is_there = |name: &String| ordered.iter().any(|table| table.name == *name);
        // Tables with circular references never become ready; take them in the given order.
        let ready = left.iter().position(|(_, parents)| parents.iter().all(is_there));
        ordered.push(left.remove(ready.unwrap_or_default()).0);
    }
    ordered
}

fn table(connection: &Connection, name: String) -> Result<Table, StoreError> {
    let mut statement = connection
        .prepare("SELECT name, type FROM pragma_table_info(?1) ORDER BY cid")
        .map_err(StoreError::from)?;
    let columns = statement.query_map([&name], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let columns = columns
        .map(|column| {
            let (name, kind): (String, String) = column?;
            let kind = match kind.as_str() {
                "BLOB" => ColumnKind::Blob,
                "INTEGER" => ColumnKind::Integer,
                _ => ColumnKind::Text,
            };
            Ok(Column { name, kind })
        })
        .collect::<Result<_, StoreError>>()?;
    let key = "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk";
    let key = names(connection, key, &name)?;
    Ok(Table { name, columns, key })
}

fn names(connection: &Connection, sql: &str, of: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare(sql)?;
    let of: Vec<_> = [of].into_iter().take(statement.parameter_count()).collect();
    let names = statement.query_map(rusqlite::params_from_iter(of), |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_referred_to_comes_first() {
        let schema = Schema::at(Schema::NEWEST).unwrap();
        let place = |name: &str| schema.tables.iter().position(|table| table.name == name).unwrap();
        assert!(place("users") < place("passkeys"));
        assert!(place("api_permissions") < place("api_granted_permissions"));
        assert!(place("api_grants") < place("api_granted_permissions"));
        assert!(place("grants") < place("refresh_tokens"));
    }

    #[test]
    fn columns_have_their_kinds_and_keys_their_order() {
        let schema = Schema::at(1).unwrap();
        let members = schema.tables.iter().find(|table| table.name == "group_members").unwrap();
        assert_eq!(members.column_list(), "user_id, group_id");
        assert_eq!(members.key, ["user_id", "group_id"]);
        assert!(members.columns.iter().all(|column| column.kind == ColumnKind::Blob));
    }
}
