//! `database.json` of an export.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{Fault, cell::Cell, tables::Tables};

/// Its name.
pub(super) const NAME: &str = "database.json";

#[derive(Debug, Deserialize)]
struct Document {
    version: i64,
    tables: DocumentTables,
}

#[derive(Debug, Default)]
struct DocumentTables(Tables);

/// Reads the document: the version of its schema, and its tables.
pub(super) fn read(json: &[u8]) -> Result<(i64, Tables), Fault> {
    let document: Document =
        serde_json::from_slice(json).map_err(|error| Fault::malformed(NAME, error))?;
    Ok((document.version, document.tables.0))
}

/// Rows go to their place one after the other; those that are not wanted are only counted.
impl<'de> Deserialize<'de> for DocumentTables {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AllTables;
        impl<'de> Visitor<'de> for AllTables {
            type Value = DocumentTables;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of tables")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DocumentTables, A::Error> {
                let mut tables = Tables::default();
                while let Some(name) = map.next_key::<String>()? {
                    match Tables::wanted(&name) {
                        Some(table) => map.next_value_seed(Rows { table, tables: &mut tables })?,
                        None => {
                            let rows = map.next_value::<Vec<IgnoredAny>>()?;
                            tables.skip(&name, rows.len());
                        }
                    }
                }
                Ok(DocumentTables(tables))
            }
        }
        deserializer.deserialize_map(AllTables)
    }
}

/// Where the rows of a table go.
struct Rows<'a> {
    table: &'static str,
    tables: &'a mut Tables,
}

impl<'de> serde::de::DeserializeSeed<'de> for Rows<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(cells) = rows.next_element::<BTreeMap<String, Cell>>()? {
            self.tables.push(self.table, cells).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}
