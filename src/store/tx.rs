//! A transaction, whatever the engine.

use std::fmt;

use super::{
    StoreError,
    outage::Outage,
    postgres,
    schema::Table,
    sqlite,
    value::{Bind, FromColumn, Value},
};

/// A running transaction. Statements are prepared once per connection.
pub struct Tx<'a> {
    engine: Engine<'a>,
    outage: Option<&'a Outage>,
}

enum Engine<'a> {
    Postgres(&'a mut postgres::Session),
    Sqlite(&'a rusqlite::Connection),
}

impl<'a> Tx<'a> {
    pub(super) fn postgres(session: &'a mut postgres::Session) -> Self {
        Self { engine: Engine::Postgres(session), outage: None }
    }

    pub(super) fn sqlite(connection: &'a rusqlite::Connection) -> Self {
        Self { engine: Engine::Sqlite(connection), outage: None }
    }

    /// The same transaction, which notes when a statement fails since the database cannot be used.
    pub(super) fn noting(self, outage: &'a Outage) -> Self {
        Self { outage: Some(outage), ..self }
    }

    fn noted<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let (Some(outage), Err(error)) = (self.outage, &result) {
            outage.note(error);
        }
        result
    }

    /// Runs a statement that returns no rows.
    pub fn execute(&mut self, sql: &str, params: &[&dyn Bind]) -> Result<Changed, StoreError> {
        let changed = match &mut self.engine {
            Engine::Postgres(session) => session.execute(sql, params).map(Changed),
            Engine::Sqlite(connection) => sqlite::execute(connection, sql, params).map(Changed),
        };
        self.noted(changed)
    }

    /// Runs a query and reads its only row, if there is one.
    pub fn query_opt<T>(
        &mut self,
        sql: &str,
        params: &[&dyn Bind],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let found = self.find(sql, params, read);
        self.noted(found)
    }

    fn find<T>(
        &mut self,
        sql: &str,
        params: &[&dyn Bind],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match &mut self.engine {
            Engine::Postgres(session) => {
                let rows = session.query(sql, params)?;
                rows.first().map(|row| read(&Row::Postgres(row))).transpose()
            }
            Engine::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql)?;
                let mut rows = statement.query(sqlite::params(params))?;
                let found = match rows.next()? {
                    None => None,
                    Some(row) => Some(read(&Row::Sqlite(row))?),
                };
                // Stepped to its end, a statement with RETURNING has done all its work.
                while rows.next()?.is_some() {}
                Ok(found)
            }
        }
    }

    /// Runs a query and reads all its rows.
    pub fn query_all<T>(
        &mut self,
        sql: &str,
        params: &[&dyn Bind],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        match &mut self.engine {
            Engine::Postgres(session) => {
                let rows = session.query(sql, params)?;
                rows.iter().map(|row| read(&Row::Postgres(row))).collect()
            }
            Engine::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql)?;
                let mut rows = statement.query(sqlite::params(params))?;
                let mut found = Vec::new();
                while let Some(row) = rows.next()? {
                    found.push(read(&Row::Sqlite(row))?);
                }
                Ok(found)
            }
        }
    }

    /// How many rows a table has.
    pub fn count(&mut self, table: &Table) -> Result<u64, StoreError> {
        let sql = format!("SELECT COUNT(*) FROM {}", table.name);
        let count = self.query_opt(&sql, &[], |row| row.get::<i64>(0))?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
    }

    /// Reads every row of a table in the order of its key, one at a time.
    pub fn each_row<E: From<StoreError>>(
        &mut self,
        table: &Table,
        mut each: impl FnMut(&[Value<'_>]) -> Result<(), E>,
    ) -> Result<(), E> {
        match &mut self.engine {
            Engine::Postgres(session) => session.copy_out(table, &mut each),
            Engine::Sqlite(connection) => sqlite::each_row(connection, table, &mut each),
        }
    }

    /// Lets this transaction take as long as it takes, which a request must not.
    pub fn take_your_time(&mut self) -> Result<(), StoreError> {
        match &mut self.engine {
            Engine::Postgres(session) => session.lift_limits(),
            Engine::Sqlite(_) => Ok(()),
        }
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
pub enum Row<'a> {
    /// Of PostgreSQL.
    Postgres(&'a ::postgres::Row),
    /// Of SQLite.
    Sqlite(&'a rusqlite::Row<'a>),
}

impl Row<'_> {
    /// Reads a column by its position.
    pub fn get<T: FromColumn>(&self, column: usize) -> Result<T, StoreError> {
        let value: Option<Value<'_>> = match self {
            Self::Postgres(row) => postgres::value(row, column),
            Self::Sqlite(row) => sqlite::value(row, column)?,
        };
        let value = value.as_ref().and_then(T::from_column);
        value.ok_or(StoreError::Corrupt { column, expected: T::EXPECTED })
    }
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values may be digests or sealed secrets.
        f.write_str("Row")
    }
}
