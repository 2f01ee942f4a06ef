//! A transaction, whatever the engine.

use std::fmt;

use rusqlite::{
    Connection,
    types::{ToSqlOutput, ValueRef},
};

use super::{
    StoreError,
    value::{Bind, FromColumn, Value},
};

/// A running transaction. Statements are prepared once per connection.
pub struct Tx<'a> {
    connection: &'a Connection,
}

impl<'a> Tx<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self { connection }
    }

    /// Runs a statement that returns no rows.
    pub fn execute(&mut self, sql: &str, params: &[&dyn Bind]) -> Result<Changed, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(Changed(statement.execute(sqlite_params(params))?))
    }

    /// Runs a query and reads its only row, if there is one.
    pub fn query_opt<T>(
        &mut self,
        sql: &str,
        params: &[&dyn Bind],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(sqlite_params(params))?;
        let found = match rows.next()? {
            None => None,
            Some(row) => Some(read(&Row(row))?),
        };
        // Stepped to its end, a statement with RETURNING has done all its work.
        while rows.next()?.is_some() {}
        Ok(found)
    }

    /// Runs a query and reads all its rows.
    pub fn query_all<T>(
        &mut self,
        sql: &str,
        params: &[&dyn Bind],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(sqlite_params(params))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(&Row(row))?);
        }
        Ok(found)
    }

    /// Whether a query gives any row.
    pub fn exists(&mut self, sql: &str, params: &[&dyn Bind]) -> Result<bool, StoreError> {
        self.query_opt(sql, params, |_| Ok(())).map(|found| found.is_some())
    }
}

impl fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tx")
    }
}

/// How many rows a statement changed.
#[derive(Debug, Clone, Copy)]
#[must_use = "a statement that changes no row where one was meant is a fault"]
pub struct Changed(usize);

impl Changed {
    /// Fails unless exactly this many rows were changed; the caller's transaction rolls back.
    pub fn expect_rows(self, expected: usize) -> Result<(), StoreError> {
        match self.0 == expected {
            true => Ok(()),
            false => Err(StoreError::RowCount { expected, found: self.0 }),
        }
    }

    /// The number.
    pub fn rows(self) -> usize {
        self.0
    }
}

/// A row of a query.
pub struct Row<'a>(&'a rusqlite::Row<'a>);

impl Row<'_> {
    /// Reads a column by its position.
    pub fn get<T: FromColumn>(&self, column: usize) -> Result<T, StoreError> {
        let corrupt = StoreError::Corrupt { column, expected: T::EXPECTED };
        let value = match self.0.get_ref(column)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Integer(number),
            ValueRef::Blob(bytes) => Value::Blob(bytes.into()),
            ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Value::Text(text.into()),
                Err(_) => return Err(corrupt),
            },
            ValueRef::Real(_) => return Err(corrupt),
        };
        T::from_column(&value).ok_or(corrupt)
    }
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values may be digests or sealed secrets.
        f.write_str("Row")
    }
}

fn sqlite_params<'a>(
    params: &'a [&'a dyn Bind],
) -> rusqlite::ParamsFromIter<impl Iterator<Item = ToSqlOutput<'a>>> {
    rusqlite::params_from_iter(params.iter().map(|param| match param.bind() {
        Value::Null => ToSqlOutput::Owned(rusqlite::types::Value::Null),
        Value::Integer(number) => ToSqlOutput::Owned(number.into()),
        Value::Text(std::borrow::Cow::Borrowed(text)) => {
            ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))
        }
        Value::Text(std::borrow::Cow::Owned(text)) => ToSqlOutput::Owned(text.into()),
        Value::Blob(std::borrow::Cow::Borrowed(bytes)) => {
            ToSqlOutput::Borrowed(ValueRef::Blob(bytes))
        }
        Value::Blob(std::borrow::Cow::Owned(bytes)) => ToSqlOutput::Owned(bytes.into()),
    }))
}
