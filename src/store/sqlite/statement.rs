//! Converts values to those of SQLite and back.

use std::borrow::Cow;

use rusqlite::{
    CachedStatement, Connection,
    types::{ToSqlOutput, ValueRef},
};

use super::super::{
    StoreError,
    value::{Bind, Value},
};

/// Prepares a statement, or reuses a cached one.
pub(in crate::store) fn prepare<'a>(
    connection: &'a Connection,
    sql: &str,
) -> Result<CachedStatement<'a>, StoreError> {
    #[cfg(debug_assertions)]
    super::plans::check(sql);
    Ok(connection.prepare_cached(sql)?)
}

/// Runs a statement that returns no rows. Returns the number of changed rows.
pub(in crate::store) fn execute(
    connection: &Connection,
    sql: &str,
    values: &[&dyn Bind],
) -> Result<usize, StoreError> {
    Ok(prepare(connection, sql)?.execute(params(values))?)
}

/// The value of a column; `None` for an unsupported type.
pub(in crate::store) fn value<'a>(
    row: &'a rusqlite::Row<'_>,
    column: usize,
) -> Result<Option<Value<'a>>, StoreError> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => Some(Value::Null),
        ValueRef::Integer(number) => Some(Value::Integer(number)),
        ValueRef::Blob(bytes) => Some(Value::Blob(bytes.into())),
        ValueRef::Text(bytes) => {
            std::str::from_utf8(bytes).ok().map(|text| Value::Text(text.into()))
        }
        ValueRef::Real(_) => None,
    })
}

/// The parameters of a statement.
pub(in crate::store) fn params<'a>(
    values: &'a [&'a dyn Bind],
) -> rusqlite::ParamsFromIter<impl Iterator<Item = ToSqlOutput<'a>>> {
    rusqlite::params_from_iter(values.iter().map(|value| match value.bind() {
        Value::Null => ToSqlOutput::Owned(rusqlite::types::Value::Null),
        Value::Integer(number) => ToSqlOutput::Owned(number.into()),
        Value::Text(Cow::Borrowed(text)) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        Value::Text(Cow::Owned(text)) => ToSqlOutput::Owned(text.into()),
        Value::Blob(Cow::Borrowed(bytes)) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        Value::Blob(Cow::Owned(bytes)) => ToSqlOutput::Owned(bytes.into()),
    }))
}
