//! Bulk transfer in the binary format of COPY (PostgreSQL manual, COPY, "Binary Format").

use std::io::{self, Read, Write};

use super::{
    super::{
        StoreError,
        bulk::Drive,
        schema::{ColumnKind, Table},
        value::Value,
    },
    session::PostgresConnection,
};

/// The start of a stream: its signature, no flags, no extension.
const HEAD: &[u8; 19] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// The length that marks a null value, and the number of values that marks the end of the stream.
const NONE: i32 = -1;
const END: i16 = -1;

impl PostgresConnection {
    /// Reads every row of a table in the order of its key.
    pub(in crate::store) fn copy_out<E: From<StoreError>>(
        &mut self,
        table: &Table,
        each: &mut dyn FnMut(&[Value<'_>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!(
            "COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT (FORMAT binary)",
            table.column_list(),
            table.name,
            order(table)
        );
        // A read-only snapshot causes no conflicts, so none needs to be noted.
        let mut reader = self.client.copy_out(&sql).map_err(StoreError::from)?;
        let mut head = [0; HEAD.len()];
        reader.read_exact(&mut head).map_err(failure)?;
        let mut row = Row::default();
        while row.read(&mut reader).map_err(failure)? {
            each(&row.values(table)?)?;
        }
        Ok(())
    }

    /// Fills a table with the rows from `drive`.
    pub(in crate::store) fn copy_in<E: From<StoreError>>(
        &mut self,
        table: &Table,
        drive: Drive<'_, E>,
    ) -> Result<(), E> {
        let sql =
            format!("COPY {} ({}) FROM STDIN (FORMAT binary)", table.name, table.column_list());
        let mut writer = self.client.copy_in(&sql).map_err(StoreError::from)?;
        let mut row = HEAD.to_vec();
        drive(&mut |values| {
            encode(&mut row, values);
            writer.write_all(&row).map_err(failure)?;
            row.clear();
            Ok(())
        })?;
        row.extend(END.to_be_bytes());
        writer.write_all(&row).map_err(failure)?;
        writer.finish().map_err(StoreError::from)?;
        Ok(())
    }
}

/// Sorts texts by bytes, as SQLite does, so that both engines make identical archives of the same
/// data.
fn order(table: &Table) -> String {
    let columns = table.key.iter().map(|name| match table.kind_of(name) {
        Some(ColumnKind::Text) => format!("{name} COLLATE \"C\""),
        _ => name.clone(),
    });
    columns.collect::<Vec<_>>().join(", ")
}

fn encode(out: &mut Vec<u8>, values: &[Value<'_>]) {
    out.extend(i16::try_from(values.len()).unwrap_or(i16::MAX).to_be_bytes());
    for value in values {
        match value {
            Value::Null => out.extend(NONE.to_be_bytes()),
            Value::Integer(number) => put(out, &number.to_be_bytes()),
            Value::Text(text) => put(out, text.as_bytes()),
            Value::Blob(bytes) => put(out, bytes),
        }
    }
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    // Values of more than 2 GiB were rejected earlier.
    out.extend(i32::try_from(bytes.len()).unwrap_or(i32::MAX).to_be_bytes());
    out.extend(bytes);
}

/// A received row: its bytes, and the end of each value.
#[derive(Default)]
struct Row {
    bytes: Vec<u8>,
    ends: Vec<(usize, bool)>,
}

impl Row {
    /// Reads the next row. `false` at the end of the stream.
    fn read(&mut self, reader: &mut impl Read) -> io::Result<bool> {
        self.bytes.clear();
        self.ends.clear();
        let count = i16::from_be_bytes(read(reader)?);
        for _ in 0..count {
            let length = i32::from_be_bytes(read(reader)?);
            let start = self.bytes.len();
            if let Ok(length) = usize::try_from(length) {
                self.bytes.resize(start + length, 0);
                reader.read_exact(&mut self.bytes[start..])?;
            }
            self.ends.push((self.bytes.len(), length == NONE));
        }
        Ok(count != END)
    }

    fn values(&self, table: &Table) -> Result<Vec<Value<'_>>, StoreError> {
        let mut start = 0;
        let columns = table.columns.iter().zip(&self.ends).enumerate();
        columns
            .map(|(column, (kind, (end, is_null)))| {
                let bytes = &self.bytes[start..*end];
                start = *end;
                let found = if *is_null { Some(Value::Null) } else { value(kind.kind, bytes) };
                let expected = "value of our types";
                found.ok_or(StoreError::Corrupt { column, expected })
            })
            .collect()
    }
}

fn value(kind: ColumnKind, bytes: &[u8]) -> Option<Value<'_>> {
    Some(match kind {
        ColumnKind::Blob => Value::Blob(bytes.into()),
        ColumnKind::Integer => Value::Integer(i64::from_be_bytes(bytes.try_into().ok()?)),
        ColumnKind::Text => Value::Text(std::str::from_utf8(bytes).ok()?.into()),
    })
}

fn read<const N: usize>(reader: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Extracts the PostgreSQL error that the library wraps in an I/O error.
fn failure(error: io::Error) -> StoreError {
    let cause = error.to_string();
    let inner = error.into_inner().and_then(|inner| inner.downcast::<::postgres::Error>().ok());
    inner.map_or(StoreError::Unreachable { cause }, |error| (*error).into())
}
