//! One connection with its prepared statements.

use std::{collections::HashMap, error::Error, fmt, sync::Arc};

use ::postgres::{
    Client, Row, Statement,
    types::{IsNull, ToSql, Type, private::BytesMut},
};

use super::{
    super::{
        StoreError,
        kept_counts::KeptCounts,
        value::{Bind, Value},
    },
    error::{is_conflict, is_read_only},
};

/// The most prepared statements per connection. The program has some 300 fixed ones; list
/// statements are built per request. Each takes memory on the server.
const MAX_STATEMENTS: usize = 512;

/// A connection.
pub(in crate::store) struct PostgresConnection {
    pub(super) client: Client,
    statements: HashMap<String, Statement>,
    /// The statement with the settings of each transaction, behind a pooler in transaction mode.
    /// Named prepared statements are not used there.
    for_transaction: Option<Arc<str>>,
    has_conflict: bool,
    is_spent: bool,
    counts: KeptCounts,
}

impl PostgresConnection {
    pub(super) fn new(client: Client, for_transaction: Option<Arc<str>>) -> Self {
        let statements = HashMap::new();
        let counts = KeptCounts::default();
        Self { client, statements, for_transaction, has_conflict: false, is_spent: false, counts }
    }

    /// The counts that were made on this connection.
    pub(in crate::store) fn counts(&mut self) -> &mut KeptCounts {
        &mut self.counts
    }

    /// Whether a pooler in transaction mode is in between.
    pub(super) fn is_pooled(&self) -> bool {
        self.for_transaction.is_some()
    }

    /// Begins a transaction.
    pub(super) fn begin(&mut self, begin: &str) -> Result<(), StoreError> {
        match self.for_transaction.clone() {
            None => self.control(begin),
            Some(set) => self.control(&format!("{begin}; {set}")),
        }
    }

    /// Whether the connection can still be used.
    pub(super) fn is_open(&self) -> bool {
        !self.is_spent && !self.client.is_closed()
    }

    /// Runs a statement of transaction control.
    pub(super) fn control(&mut self, sql: &str) -> Result<(), StoreError> {
        let done = self.client.batch_execute(sql);
        self.note(done)
    }

    /// Lifts the timeouts of requests for this transaction.
    pub(in crate::store) fn lift_limits(&mut self) -> Result<(), StoreError> {
        self.control(
            "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0",
        )
    }

    /// Whether a statement has failed by a conflict with another transaction; resets the flag.
    pub(super) fn take_conflict(&mut self) -> bool {
        std::mem::take(&mut self.has_conflict)
    }

    /// Runs a statement that returns no rows. Returns the number of changed rows.
    pub(in crate::store) fn execute(
        &mut self,
        sql: &str,
        params: &[&dyn Bind],
    ) -> Result<usize, StoreError> {
        let params: Vec<Param<'_>> = params.iter().map(|param| Param(param.bind())).collect();
        let done = if self.is_pooled() {
            self.client.execute_typed(&with_dollars(sql), &untyped(&params))
        } else {
            let statement = self.prepare(sql)?;
            self.client.execute(&statement, &typed(&params))
        };
        Ok(usize::try_from(self.note(done)?).unwrap_or(usize::MAX))
    }

    /// Runs a query.
    pub(in crate::store) fn query(
        &mut self,
        sql: &str,
        params: &[&dyn Bind],
    ) -> Result<Vec<Row>, StoreError> {
        let params: Vec<Param<'_>> = params.iter().map(|param| Param(param.bind())).collect();
        let done = if self.is_pooled() {
            self.client.query_typed(&with_dollars(sql), &untyped(&params))
        } else {
            let statement = self.prepare(sql)?;
            self.client.query(&statement, &typed(&params))
        };
        self.note(done)
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        if self.statements.len() >= MAX_STATEMENTS {
            // Dropping statements closes them on the server. Those needed again are prepared again.
            self.statements.clear();
        }
        let prepared = self.client.prepare(&with_dollars(sql));
        let statement = self.note(prepared)?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn note<T>(&mut self, result: Result<T, ::postgres::Error>) -> Result<T, StoreError> {
        result.map_err(|error| {
            self.has_conflict |= is_conflict(&error);
            // After a failover this server is read-only. Dropping the connection lets the next one
            // find the primary.
            self.is_spent |= is_read_only(&error);
            error.into()
        })
    }
}

impl fmt::Debug for PostgresConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session")
    }
}

/// Converts `?1` to `$1`. The SQL cannot use `$1` itself: SQLite would number it by first
/// appearance.
fn with_dollars(sql: &str) -> String {
    sql.replace('?', "$")
}

fn typed<'a>(params: &'a [Param<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params.iter().map(|param| param as _).collect()
}

/// Leaves the types to the server, which infers them as for prepared statements.
fn untyped<'a>(params: &'a [Param<'_>]) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    params.iter().map(|param| (param as _, Type::UNKNOWN)).collect()
}

#[derive(Debug)]
struct Param<'a>(Value<'a>);

impl ToSql for Param<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match &self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(number) => number.to_sql(ty, out),
            Value::Text(text) => text.as_ref().to_sql(ty, out),
            Value::Blob(bytes) => bytes.as_ref().to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::BYTEA, Type::INT8, Type::TEXT, Type::UNKNOWN].contains(ty)
    }

    ::postgres::types::to_sql_checked!();
}

/// The value of a column; `None` for an unsupported type.
pub(in crate::store) fn value(row: &Row, column: usize) -> Option<Value<'_>> {
    let null = Value::Null;
    let ty = row.columns().get(column)?.type_();
    Some(match *ty {
        Type::BYTEA => row
            .try_get::<_, Option<&[u8]>>(column)
            .ok()?
            .map_or(null, |bytes| Value::Blob(bytes.into())),
        Type::INT8 => row.try_get::<_, Option<i64>>(column).ok()?.map_or(null, Value::Integer),
        Type::TEXT => row
            .try_get::<_, Option<&str>>(column)
            .ok()?
            .map_or(null, |text| Value::Text(text.into())),
        _ => return None,
    })
}
