//! Bulk reading and writing of rows in an SQLite file.

use rusqlite::Connection;

use super::{
    super::{
        StoreError,
        bulk::{Drive, Orphan},
        schema::Table,
        value::{Bind, Value},
    },
    params, value,
};

/// Reads every row of a table in the order of its key.
pub(in crate::store) fn each_row<E: From<StoreError>>(
    connection: &Connection,
    table: &Table,
    each: &mut dyn FnMut(&[Value<'_>]) -> Result<(), E>,
) -> Result<(), E> {
    let sql = format!(
        "SELECT {} FROM {} ORDER BY {}",
        table.column_list(),
        table.name,
        table.key.join(", ")
    );
    let mut statement = connection.prepare(&sql).map_err(StoreError::from)?;
    let mut rows = statement.query([]).map_err(StoreError::from)?;
    let mut values = Vec::with_capacity(table.columns.len());
    while let Some(row) = rows.next().map_err(StoreError::from)? {
        for column in 0..table.columns.len() {
            let expected = "value of our types";
            values.push(value(row, column)?.ok_or(StoreError::Corrupt { column, expected })?);
        }
        each(&values)?;
        values = recycle(values);
    }
    Ok(())
}

/// Reuses the memory of a row for the next one, whose values have another lifetime.
fn recycle<'b>(mut values: Vec<Value<'_>>) -> Vec<Value<'b>> {
    values.clear();
    values.into_iter().map(|_| Value::Null).collect()
}

/// A database being filled, over its only connection.
#[derive(Debug)]
pub(in crate::store) struct Bulk<'a> {
    connection: &'a Connection,
    indexes: Vec<(String, String)>,
}

impl<'a> Bulk<'a> {
    /// Drops the indexes. Building them at the end sorts once instead of inserting row by row.
    pub(in crate::store) fn begin(connection: &'a Connection) -> Result<Self, StoreError> {
        const INDEXES: &str =
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
        let mut statement = connection.prepare(INDEXES)?;
        let indexes = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let indexes: Vec<(String, String)> = indexes.collect::<Result<_, _>>()?;
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for (name, _) in &indexes {
            connection.execute_batch(&format!("DROP INDEX {name}"))?;
        }
        Ok(Self { connection, indexes })
    }

    /// Fills a table with the rows from `drive`.
    pub(in crate::store) fn load<E: From<StoreError>>(
        &mut self,
        table: &Table,
        drive: Drive<'_, E>,
    ) -> Result<(), E> {
        let places: Vec<_> = (1..=table.columns.len()).map(|place| format!("?{place}")).collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({})",
            table.name,
            table.column_list(),
            places.join(", ")
        );
        let mut statement = self.connection.prepare(&sql).map_err(StoreError::from)?;
        drive(&mut |row| {
            let row: Vec<&dyn Bind> = row.iter().map(|value| value as &dyn Bind).collect();
            statement.execute(params(&row))?;
            Ok(())
        })
    }

    /// Restores the indexes, and checks all foreign keys.
    pub(in crate::store) fn finish(self) -> Result<(), StoreError> {
        for (_, sql) in &self.indexes {
            self.connection.execute_batch(sql)?;
        }
        let mut statement = self.connection.prepare("PRAGMA foreign_key_check")?;
        let mut orphans = statement.query([])?;
        if let Some(row) = orphans.next()? {
            let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
            return Err(Orphan { table, parent }.into());
        }
        self.connection.execute_batch("COMMIT")?;
        Ok(())
    }
}
