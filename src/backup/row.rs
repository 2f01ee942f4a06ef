//! Encodes a row as a line: a JSON array of values in column order, bytes in base64.

use std::{borrow::Cow, fmt, io};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};

use crate::store::{
    schema::{Column, ColumnKind},
    value::Value,
};

/// Appends a row and a line break. Fails for a value that cannot be encoded.
pub(super) fn encode(line: &mut Vec<u8>, values: &[Value<'_>]) -> io::Result<()> {
    let mut separator = b'[';
    for value in values {
        line.push(separator);
        separator = b',';
        match value {
            Value::Null => line.extend(b"null"),
            Value::Integer(number) => serde_json::to_writer(&mut *line, number)?,
            Value::Text(text) => serde_json::to_writer(&mut *line, text.as_ref())?,
            Value::Blob(bytes) => {
                line.push(b'"');
                let start = line.len();
                line.resize(start + bytes.len().div_ceil(3) * 4, 0);
                let written = BASE64_STANDARD.encode_slice(bytes, &mut line[start..]);
                line.truncate(start + written.map_err(io::Error::other)?);
                line.push(b'"');
            }
        }
    }
    line.extend(b"]\n");
    Ok(())
}

/// Decodes a row. Each value has the kind of its column or is null.
pub(super) fn decode<'a>(
    line: &'a [u8],
    columns: &[Column],
) -> Result<Vec<Value<'a>>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(line);
    let values = Row(columns).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(values)
}

struct Row<'c>(&'c [Column]);

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = Vec<Value<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = Vec<Value<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an array of {} values", self.0.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::with_capacity(self.0.len());
        for column in self.0 {
            let value = seq.next_element_seed(Cell(column.kind))?;
            values.push(value.ok_or_else(|| A::Error::invalid_length(values.len(), &self))?);
        }
        match seq.next_element::<serde::de::IgnoredAny>()? {
            Some(_) => Err(A::Error::invalid_length(self.0.len() + 1, &self)),
            None => Ok(values),
        }
    }
}

struct Cell(ColumnKind);

impl<'de> DeserializeSeed<'de> for Cell {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Cell {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            ColumnKind::Blob => "bytes in base64, or null",
            ColumnKind::Integer => "an integer of 64 bits, or null",
            ColumnKind::Text => "a string, or null",
        })
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        match self.0 {
            ColumnKind::Integer => Ok(Value::Integer(number)),
            _ => Err(E::invalid_type(serde::de::Unexpected::Signed(number), &self)),
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        let unexpected = serde::de::Unexpected::Unsigned(number);
        let number = i64::try_from(number).map_err(|_| E::invalid_value(unexpected, &self))?;
        self.visit_i64(number)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        self.text(text.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        self.text(text.to_owned().into())
    }
}

impl Cell {
    fn text<'de, E: Error>(self, text: Cow<'de, str>) -> Result<Value<'de>, E> {
        match self.0 {
            ColumnKind::Text => Ok(Value::Text(text)),
            ColumnKind::Blob => {
                let bytes = BASE64_STANDARD.decode(text.as_bytes());
                bytes.map(|bytes| Value::Blob(bytes.into())).map_err(|_| wrong_text(&self))
            }
            ColumnKind::Integer => Err(wrong_text(&self)),
        }
    }
}

/// Leaves the text out of the error: it may be a secret.
fn wrong_text<E: Error>(expected: &Cell) -> E {
    E::invalid_type(serde::de::Unexpected::Other("a different string"), expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<Column> {
        [ColumnKind::Integer, ColumnKind::Text, ColumnKind::Blob]
            .map(|kind| Column { name: "c".into(), kind })
            .into()
    }

    fn line(values: &[Value<'_>]) -> String {
        let mut line = Vec::new();
        encode(&mut line, values).unwrap();
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn rows_are_read_as_they_were_written() {
        for values in [
            [
                Value::Integer(i64::MIN),
                Value::Text("a\"\n\u{1}é\0".into()),
                Value::Blob((&[0, 255][..]).into()),
            ],
            [Value::Integer(i64::MAX), Value::Text("".into()), Value::Blob((&[][..]).into())],
            [Value::Null, Value::Null, Value::Null],
        ] {
            let text = line(&values);
            assert_eq!(text.matches('\n').count(), 1);
            let read = decode(text.as_bytes(), &columns()).unwrap();
            assert_eq!(format!("{read:?}"), format!("{values:?}"));
        }
        assert_eq!(
            line(&[Value::Integer(1), Value::Text("x".into()), Value::Blob((&[1][..]).into())]),
            "[1,\"x\",\"AQ==\"]\n"
        );
    }

    #[test]
    fn what_is_of_another_kind_is_refused() {
        for line in [
            "",
            "{}",
            "[]",
            "[1,\"x\"]",
            "[1,\"x\",\"AQ==\",1]",
            "[1.5,\"x\",\"\"]",
            "[\"1\",\"x\",\"\"]",
            "[1,2,\"\"]",
            "[1,\"x\",\"?\"]",
            "[1,\"x\",\"\"] []",
            "[9223372036854775808,\"x\",\"\"]",
            "[[1],\"x\",\"\"]",
            "[true,\"x\",\"\"]",
        ] {
            assert!(decode(line.as_bytes(), &columns()).is_err(), "{line}");
        }
    }

    #[test]
    fn a_fault_never_repeats_what_may_be_secret() {
        let fault = decode(b"[1,\"x\",\"hunter2!\"]", &columns()).unwrap_err().to_string();
        assert!(!fault.contains("hunter2"), "{fault}");
    }
}
