//! `database.json` in an export.

use std::{
    collections::BTreeMap,
    fmt,
    io::{self, BufReader, Read},
};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{ImportFault, budget::Budget, cell::Cell, tables::Tables};

/// Its file name.
pub(super) const NAME: &str = "database.json";

/// Maximum number of columns in a row; no table of Pocket ID has more than thirty.
const MAX_COLUMNS: usize = 200;
const BUFFER: usize = 64 * 1024;

/// Reads the document: the schema version and the tables.
///
/// It is read as a stream, never as a whole: each row goes straight to its table, and rows of other
/// tables are only counted.
pub(super) fn read(json: impl Read, budget: &Budget) -> Result<(i64, Tables), ImportFault> {
    let reader = BufReader::with_capacity(BUFFER, json);
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let read = Document(budget).deserialize(&mut deserializer).and_then(|document| {
        deserializer.end()?;
        Ok(document)
    });
    read.map_err(|error| match error.io_error_kind() {
        Some(kind) => ImportFault::unreadable(NAME, &io::Error::new(kind, error)),
        None => ImportFault::malformed(NAME, error),
    })
}

struct Document<'a>(&'a Budget);

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = (i64, Tables);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = (i64, Tables);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map with the version and the tables")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut version, mut tables) = (None, None);
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "version" => version = Some(map.next_value()?),
                "tables" => tables = Some(map.next_value_seed(AllTables(self.0))?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok((
            version.ok_or_else(|| A::Error::missing_field("version"))?,
            tables.ok_or_else(|| A::Error::missing_field("tables"))?,
        ))
    }
}

struct AllTables<'a>(&'a Budget);

impl<'de> DeserializeSeed<'de> for AllTables<'_> {
    type Value = Tables;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tables, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for AllTables<'_> {
    type Value = Tables;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of tables")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tables, A::Error> {
        let mut tables = Tables::within(self.0);
        while let Some(name) = map.next_key::<String>()? {
            match Tables::wanted(&name) {
                Some(table) => map.next_value_seed(Rows { table, tables: &mut tables })?,
                None => {
                    let rows = map.next_value::<Option<Vec<IgnoredAny>>>()?;
                    tables.skip(&name, rows.map_or(0, |rows| rows.len()));
                }
            }
        }
        Ok(tables)
    }
}

/// Reads one row of a table, a JSON object.
pub(super) fn row(table: &str, json: &str) -> Result<BTreeMap<String, Cell>, ImportFault> {
    let cells = serde_json::from_str::<RowCells>(json);
    cells.map(|RowCells(cells)| cells).map_err(|error| ImportFault::malformed(table, error))
}

/// The values of a row by their columns.
struct RowCells(BTreeMap<String, Cell>);

impl<'de> Deserialize<'de> for RowCells {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyRow;
        impl<'de> Visitor<'de> for AnyRow {
            type Value = RowCells;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RowCells, A::Error> {
                let mut cells = BTreeMap::new();
                while let Some((name, cell)) = map.next_entry()? {
                    cells.insert(name, cell);
                    if cells.len() > MAX_COLUMNS {
                        return Err(A::Error::custom("a row has too many columns"));
                    }
                }
                Ok(RowCells(cells))
            }
        }
        deserializer.deserialize_map(AnyRow)
    }
}

/// Reads the rows of one table into `tables`.
struct Rows<'a> {
    table: &'static str,
    tables: &'a mut Tables,
}

impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    /// `null` is an empty list, as programs in Go write it.
    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(RowCells(cells)) = rows.next_element()? {
            self.tables.push(self.table, cells).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}
