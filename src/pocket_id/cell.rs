//! Rows in the two formats of Pocket ID: JSON in an export, SQLite types in its database.

use std::{borrow::Cow, fmt};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::ImportFault;
use crate::{model::Timestamp, store::foreign::ForeignValue};

/// A value of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Flag(bool),
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
    /// A fraction, a list or a map. Pocket ID's tables contain none.
    Other,
}

impl From<ForeignValue> for Cell {
    fn from(value: ForeignValue) -> Self {
        match value {
            ForeignValue::Null => Self::Null,
            ForeignValue::Integer(number) => Self::Number(number),
            ForeignValue::Text(text) => Self::Text(text),
            ForeignValue::Bytes(bytes) => Self::Bytes(bytes),
            ForeignValue::Other => Self::Other,
        }
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyCell;
        impl<'de> Visitor<'de> for AnyCell {
            type Value = Cell;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value of a column")
            }

            fn visit_unit<E>(self) -> Result<Cell, E> {
                Ok(Cell::Null)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Cell, E> {
                Ok(Cell::Flag(flag))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Cell, E> {
                Ok(Cell::Number(number))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Cell, E> {
                Ok(i64::try_from(number).map_or(Cell::Other, Cell::Number))
            }

            fn visit_f64<E>(self, _number: f64) -> Result<Cell, E> {
                Ok(Cell::Other)
            }

            fn visit_str<E>(self, text: &str) -> Result<Cell, E> {
                Ok(Cell::Text(text.to_owned()))
            }

            fn visit_string<E>(self, text: String) -> Result<Cell, E> {
                Ok(Cell::Text(text))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Cell, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Cell::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Cell::Other)
            }
        }
        deserializer.deserialize_any(AnyCell)
    }
}

/// A row of a table.
#[derive(Debug, Clone)]
pub(super) struct PocketIdRow {
    /// The table.
    pub(super) table: &'static str,
    /// Number of the row, from 1.
    pub(super) number: usize,
    /// The values with their columns.
    pub(super) cells: Vec<(Cow<'static, str>, Cell)>,
}

impl PocketIdRow {
    /// Memory that the row takes, in bytes.
    pub(super) fn size(&self) -> usize {
        let of_cell = |(name, cell): &(Cow<'static, str>, Cell)| {
            let text = match cell {
                Cell::Text(text) => text.capacity(),
                Cell::Bytes(bytes) => bytes.capacity(),
                Cell::Null | Cell::Flag(_) | Cell::Number(_) | Cell::Other => 0,
            };
            size_of_val(name) + size_of_val(cell) + text
        };
        size_of_val(self) + self.cells.iter().map(of_cell).sum::<usize>()
    }

    /// Whether the source has this column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.cells.iter().any(|(name, _)| name == column)
    }

    /// Reads a required text.
    pub(super) fn text(&self, column: &str) -> Result<&str, ImportFault> {
        self.text_opt(column)?.ok_or_else(|| self.fault(column, "is missing"))
    }

    /// Reads an optional text.
    pub(super) fn text_opt(&self, column: &str) -> Result<Option<&str>, ImportFault> {
        match self.cell(column) {
            Cell::Null => Ok(None),
            Cell::Text(text) => Ok(Some(text)),
            _ => Err(self.fault(column, "is not text")),
        }
    }

    /// Reads a boolean; `NULL` is false.
    pub(super) fn flag(&self, column: &str) -> Result<bool, ImportFault> {
        match self.cell(column) {
            Cell::Null | Cell::Number(0) | Cell::Flag(false) => Ok(false),
            Cell::Number(1) | Cell::Flag(true) => Ok(true),
            _ => Err(self.fault(column, "is neither true nor false")),
        }
    }

    /// Reads a required number.
    pub(super) fn number(&self, column: &str) -> Result<i64, ImportFault> {
        match self.cell(column) {
            Cell::Number(number) => Ok(*number),
            _ => Err(self.fault(column, "is not a whole number")),
        }
    }

    /// Reads an optional time: whole seconds since 1970, or RFC 3339.
    pub(super) fn moment(&self, column: &str) -> Result<Option<Timestamp>, ImportFault> {
        match self.cell(column) {
            Cell::Null => Ok(None),
            Cell::Number(seconds) => Ok(Some(Timestamp::from_unix(*seconds))),
            Cell::Text(text) => match text.parse() {
                Ok(moment) => Ok(Some(moment)),
                Err(_) => Err(self.fault(column, "is not a time")),
            },
            _ => Err(self.fault(column, "is not a time")),
        }
    }

    /// Reads required bytes.
    pub(super) fn bytes(&self, column: &str) -> Result<Vec<u8>, ImportFault> {
        let fault = || self.fault(column, "is not binary data");
        match self.cell(column) {
            Cell::Bytes(bytes) => Ok(bytes.clone()),
            Cell::Text(text) => BASE64_STANDARD.decode(text).map_err(|_| fault()),
            _ => Err(fault()),
        }
    }

    /// Reads JSON. `NULL` and the JSON `null` give the default.
    pub(super) fn json<T: DeserializeOwned + Default>(
        &self,
        column: &str,
    ) -> Result<T, ImportFault> {
        let parse = |bytes: &[u8]| serde_json::from_slice::<Option<T>>(bytes).ok();
        let parsed = match self.cell(column) {
            Cell::Null => Some(None),
            Cell::Bytes(bytes) => parse(bytes),
            // Exports encode JSON in base64; databases hold it as text.
            Cell::Text(text) => BASE64_STANDARD
                .decode(text)
                .ok()
                .and_then(|bytes| parse(&bytes))
                .or_else(|| parse(text.as_bytes())),
            _ => None,
        };
        let parsed =
            parsed.ok_or_else(|| self.fault(column, "is not valid JSON for this column"))?;
        Ok(parsed.unwrap_or_default())
    }

    /// Builds an error about the value of a column.
    pub(super) fn fault(&self, column: &str, rule: impl Into<String>) -> ImportFault {
        let (table, row, column) = (self.table, self.number, column.to_owned());
        ImportFault::Value { table, row, column, rule: rule.into() }
    }

    /// The value of a column as it is.
    pub(super) fn cell(&self, column: &str) -> &Cell {
        self.cells.iter().find(|(name, _)| name == column).map_or(&Cell::Null, |(_, cell)| cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cell: Cell) -> PocketIdRow {
        PocketIdRow { table: "users", number: 1, cells: vec![("c".into(), cell)] }
    }

    #[test]
    fn both_forms_of_a_value_are_read() {
        let text = |text: &str| row(Cell::Text(text.to_owned()));
        let moment = Some(Timestamp::from_unix(86_400));
        assert_eq!(row(Cell::Number(86_400)).moment("c").unwrap(), moment);
        assert_eq!(text("1970-01-02T01:00:00.5+01:00").moment("c").unwrap(), moment);
        assert!(row(Cell::Number(1)).flag("c").unwrap());
        assert!(row(Cell::Flag(true)).flag("c").unwrap());
        assert_eq!(text("AQI=").bytes("c").unwrap(), [1, 2]);
        let list = vec!["a".to_owned()];
        for cell in [
            Cell::Bytes(b"[\"a\"]".to_vec()),
            Cell::Text("[\"a\"]".to_owned()),
            Cell::Text(BASE64_STANDARD.encode("[\"a\"]")),
        ] {
            assert_eq!(row(cell).json::<Vec<String>>("c").unwrap(), list);
        }
        for cell in [Cell::Null, Cell::Text(BASE64_STANDARD.encode("null"))] {
            assert!(row(cell).json::<Vec<String>>("c").unwrap().is_empty());
        }
    }

    #[test]
    fn a_value_of_another_type_is_a_fault_that_names_it() {
        let wrong = row(Cell::Flag(true));
        assert!(
            wrong.text("c").is_err() && wrong.moment("c").is_err() && wrong.number("c").is_err()
        );
        assert!(row(Cell::Number(2)).flag("c").is_err());
        assert!(row(Cell::Text("#".into())).bytes("c").is_err());
        assert!(row(Cell::Text("e30=".into())).json::<Vec<String>>("c").is_err());
        let fault = row(Cell::Null).text("c").unwrap_err().to_string();
        assert_eq!(fault, "cannot read table users, row 1: c is missing");
    }
}
