//! A transaction on either engine.

use std::fmt;

use super::{
    StoreError,
    columns::shown,
    kept_counts::KeptCounts,
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
    Postgres(&'a mut postgres::PostgresConnection),
    Sqlite(&'a rusqlite::Connection),
}

impl<'a> Tx<'a> {
    pub(super) fn postgres(session: &'a mut postgres::PostgresConnection) -> Self {
        Self { engine: Engine::Postgres(session), outage: None }
    }

    pub(super) fn sqlite(connection: &'a rusqlite::Connection) -> Self {
        Self { engine: Engine::Sqlite(connection), outage: None }
    }

    /// The same transaction, but noting statements that fail because the database is unavailable.
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
        let (mut read, mut found) = (Some(read), None);
        self.each(sql, params, &mut |row| {
            // A statement with RETURNING is complete only after its last row.
            if let Some(read) = read.take() {
                found = Some(row.read(sql, read)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Runs a query and reads all its rows.
    pub fn query_all<T>(
        &mut self,
        sql: &str,
        params: &[&dyn Bind],
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.query_each(sql, params, read, |row| {
            found.push(row?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Runs a query and reads all its rows. Rows that the models reject are returned as errors
    /// beside the others.
    pub fn query_sound<T>(
        &mut self,
        sql: &str,
        params: &[&dyn Bind],
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Sound<T>, StoreError> {
        let mut found = Sound { rows: Vec::new(), corrupt: Vec::new() };
        self.query_each(sql, params, read, |row| {
            match row {
                Ok(row) => found.rows.push(row),
                Err(error @ StoreError::CorruptRow { .. }) => found.corrupt.push(error),
                Err(error) => return Err(error),
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Runs a query and passes the result of each row to `take`.
    fn query_each<T>(
        &mut self,
        sql: &str,
        params: &[&dyn Bind],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
        mut take: impl FnMut(Result<T, StoreError>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each(sql, params, &mut |row| take(row.read(sql, &mut read)))
    }

    /// Runs a query and passes each row to `take`. Without the types of [`Self::query_each`], so that the engines are
    /// compiled into it once, and not again for each query.
    fn each(
        &mut self,
        sql: &str,
        params: &[&dyn Bind],
        take: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match &mut self.engine {
            Engine::Postgres(session) => {
                session.query(sql, params)?.iter().try_for_each(|row| take(&Row::Postgres(row)))
            }
            Engine::Sqlite(connection) => {
                let mut statement = sqlite::prepare(connection, sql)?;
                let mut rows = statement.query(sqlite::params(params))?;
                while let Some(row) = rows.next()? {
                    take(&Row::Sqlite(row))?;
                }
                Ok(())
            }
        }
    }

    /// Counts the rows of a table.
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

    /// Whether it is on PostgreSQL, for the few statements that differ.
    pub(super) fn is_on_postgres(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }

    /// Counts that were made before; `None` on SQLite, which counts quickly.
    pub(super) fn kept_counts(&mut self) -> Option<&mut KeptCounts> {
        match &mut self.engine {
            Engine::Postgres(session) => Some(session.counts()),
            Engine::Sqlite(_) => None,
        }
    }

    /// Lifts the timeouts of requests for this transaction.
    pub fn take_your_time(&mut self) -> Result<(), StoreError> {
        match &mut self.engine {
            Engine::Postgres(session) => session.lift_limits(),
            Engine::Sqlite(_) => Ok(()),
        }
    }

    /// Whether a query returns any row.
    pub fn exists(&mut self, sql: &str, params: &[&dyn Bind]) -> Result<bool, StoreError> {
        self.query_opt(sql, params, |_| Ok(())).map(|found| found.is_some())
    }
}

impl fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tx")
    }
}

/// The readable rows of a query, and the errors of the others.
#[derive(Debug)]
pub struct Sound<T> {
    /// The readable rows.
    pub rows: Vec<T>,
    /// The errors of the other rows.
    pub corrupt: Vec<StoreError>,
}

/// The number of rows that a statement changed.
#[derive(Debug, Clone, Copy)]
#[must_use = "a statement that changes no row where one was meant is a fault"]
pub struct Changed(usize);

impl Changed {
    /// Fails unless exactly this many rows were changed; the caller's transaction rolls back.
    pub fn expect_rows(self, expected: usize) -> Result<(), StoreError> {
        if self.0 == expected {
            Ok(())
        } else {
            Err(StoreError::RowCount { expected, found: self.0 })
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
        let value = self.value(column)?;
        let value = value.as_ref().and_then(T::from_column);
        value.ok_or(StoreError::Corrupt { column, expected: T::EXPECTED })
    }

    fn value(&self, column: usize) -> Result<Option<Value<'_>>, StoreError> {
        match self {
            Self::Postgres(row) => Ok(postgres::value(row, column)),
            Self::Sqlite(row) => sqlite::value(row, column),
        }
    }

    /// Reads a row of a query. An error names the table and the row.
    fn read<T>(
        &self,
        sql: &str,
        read: impl FnOnce(&Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        read(self).map_err(|error| self.named(sql, error))
    }

    /// The error with the table and the row. Apart from [`Self::read`], which is compiled for each query.
    #[cold]
    fn named(&self, sql: &str, error: StoreError) -> StoreError {
        match error {
            StoreError::Corrupt { column, expected } => StoreError::CorruptRow {
                table: table_of(sql),
                column: self.name_of(column),
                row: self.value(0).ok().flatten().as_ref().map_or_else(String::new, shown),
                expected,
            },
            error => error,
        }
    }

    fn name_of(&self, column: usize) -> String {
        let name = match self {
            Self::Postgres(row) => row.columns().get(column).map(::postgres::Column::name),
            Self::Sqlite(row) => row.as_ref().column_name(column).ok(),
        };
        name.map_or_else(|| column.to_string(), str::to_owned)
    }
}

/// The first table that a query reads.
fn table_of(sql: &str) -> String {
    let mut words = sql.split_whitespace().skip_while(|word| *word != "FROM");
    words.nth(1).unwrap_or_default().to_owned()
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values may be digests or sealed secrets.
        f.write_str("Row")
    }
}
