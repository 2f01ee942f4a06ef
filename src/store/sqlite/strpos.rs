//! A function of PostgreSQL that SQLite lacks.

use memchr::memmem::Finder;
use rusqlite::{
    Connection,
    functions::FunctionFlags,
    types::{FromSqlError, ValueRef},
};

/// Adds `strpos(text, part)`, as PostgreSQL has it, but in bytes: the position of a part, or 0. It
/// takes a fraction of the time of `LIKE`, which matters to a search of 100,000 accounts: the part is
/// prepared once for all rows.
pub(super) fn add(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("strpos", 2, flags, |context| {
        let prepared =
            |part: ValueRef<'_>| Ok::<_, FromSqlError>(Finder::new(part.as_bytes()?).into_owned());
        let finder = context.get_or_create_aux(1, prepared)?;
        let text = context.get_raw(0).as_bytes_or_null()?;
        let position = text.and_then(|text| finder.find(text));
        Ok(position.map_or(0, |position| i64::try_from(position).unwrap_or(i64::MAX - 1) + 1))
    })
}
