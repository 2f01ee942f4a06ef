//! Reads JSON bodies as Pocket ID 2.14 does: an array is not accepted as an object, and a `null`
//! counts as an absent field.
//!
//! Deserializers derived by serde accept an array for an object, field by field in the order of the
//! code. A caller that confuses the two would change fields it did not name.

use std::vec;

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer as _, MapAccess, SeqAccess,
        Visitor,
    },
    forward_to_deserialize_any,
};
use serde_json::{Error, Map, Value, map};

/// Reads a body.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    T::deserialize(Body(serde_json::from_slice(bytes)?))
}

struct Body(Value);

impl<'de> Deserializer<'de> for Body {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(Items(items.into_iter())),
            Value::Object(fields) => visitor.visit_map(Fields::of(fields)),
            scalar => scalar.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Object(fields) => visitor.visit_map(Fields::of(fields)),
            _ => Err(Error::custom("an object is expected")),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct identifier ignored_any
    }
}

struct Items(vec::IntoIter<Value>);

impl<'de> SeqAccess<'de> for Items {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        self.0.next().map(|item| seed.deserialize(Body(item))).transpose()
    }
}

/// The fields of an object that are not `null`.
struct Fields {
    rest: map::IntoIter,
    value: Option<Value>,
}

impl Fields {
    fn of(fields: Map<String, Value>) -> Self {
        Self { rest: fields.into_iter(), value: None }
    }
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((name, value)) = self.rest.find(|(_, value)| !value.is_null()) else {
            return Ok(None);
        };
        self.value = Some(value);
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let value = self.value.take().ok_or_else(|| Error::custom("a value has a name"))?;
        seed.deserialize(Body(value))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        #[serde(default)]
        text: String,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        #[serde(default)]
        name: String,
        #[serde(default)]
        note: Option<String>,
        #[serde(default)]
        inner: Vec<Inner>,
        #[serde(flatten)]
        flat: Inner,
    }

    fn read_outer(text: &str) -> Result<Outer, Error> {
        read(text.as_bytes())
    }

    #[test]
    fn an_array_is_no_object_wherever_it_stands() {
        assert!(read_outer(r#"["a", "b", []]"#).is_err());
        assert!(read::<Inner>(br#"["a"]"#).is_err());
        assert!(read_outer(r#"{"inner": [["a"]]}"#).is_err());
        assert!(read::<Vec<Inner>>(br#"{"text": "a"}"#).is_err());
        assert_eq!(read::<Vec<Inner>>(br#"[{"text": "a"}]"#).unwrap()[0].text, "a");
    }

    #[test]
    fn a_null_is_as_if_the_field_were_not_there() {
        let read =
            read_outer(r#"{"name": null, "note": null, "inner": null, "text": null}"#).unwrap();
        let empty = Inner { text: String::new() };
        assert_eq!(read, Outer { name: String::new(), note: None, inner: Vec::new(), flat: empty });
    }

    #[test]
    fn other_types_are_refused() {
        for bad in [r#"{"name": 1}"#, r#"{"name": {}}"#, r#"{"inner": "a"}"#, "1", "\"a\"", "null"]
        {
            assert!(read_outer(bad).is_err(), "{bad}");
        }
    }
}
