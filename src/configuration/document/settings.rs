//! The settings section: a mapping from setting names to YAML values.

use serde_json::Value;

use super::{
    entity::{Entity, EntityKind, VALUE},
    fault::DocumentFault,
    fields::CUSTOM_CLAIM,
    node::{Node, NodeContent},
    read::{DocumentReader, unknown},
    shape::ValueShape,
};
use crate::model::{ConfigKey, app_config::ValueType, text::TextError};

/// The maximum number of groups, addresses or domains in a setting.
const MAX_ITEMS: usize = 200;

/// The shape of a setting's value in the file.
pub fn shape(key: ConfigKey) -> ValueShape {
    match key.value_type() {
        ValueType::AddressPatterns | ValueType::GroupIds | ValueType::HostDomains => {
            ValueShape::List(&ValueShape::Text(as_it_is), MAX_ITEMS)
        }
        ValueType::Boolean => ValueShape::Flag,
        ValueType::Choice(words) => ValueShape::Choice(words),
        ValueType::Claims => ValueShape::List(&ValueShape::Object(CUSTOM_CLAIM), MAX_ITEMS),
        ValueType::Integer { min, max } => ValueShape::Integer { min, max },
        ValueType::Secret => ValueShape::Reference,
        ValueType::Color | ValueType::Email | ValueType::HomePage | ValueType::Text { .. } => {
            ValueShape::Text(as_it_is)
        }
    }
}

/// Reads the settings section.
pub fn read(reader: &mut DocumentReader<'_>, node: &Node) -> Vec<Entity> {
    let entries = match &node.content {
        NodeContent::Mapping(entries) => entries.as_slice(),
        NodeContent::Null => &[],
        other => {
            let message = format!("expected a mapping, found {}", other.what());
            reader.fault(DocumentFault::new(node.at, message));
            &[]
        }
    };
    let mut things = Vec::new();
    for (name, node) in entries {
        let Some(key) = ConfigKey::parse(&name.name) else {
            let names = || ConfigKey::ALL.iter().map(|key| key.name());
            reader.faults.add(|| unknown(name.at, &name.name, names()));
            continue;
        };
        if let Some(value) = read_value(reader, key, node) {
            let mut thing = Entity::new(EntityKind::Setting, key.name());
            thing.at = node.at;
            thing.fields.insert(VALUE, (value, node.at));
            things.push(thing);
        }
    }
    things
}

fn read_value(reader: &mut DocumentReader<'_>, key: ConfigKey, node: &Node) -> Option<Value> {
    if matches!(node.content, NodeContent::Null) {
        return Some(Value::Null);
    }
    let text = match reader.read(node, &shape(key))? {
        Value::String(text) => text,
        value => value.to_string(),
    };
    match key.check(&text) {
        Ok(text) if text.is_empty() && key.is_secret() => reader.fault(
            DocumentFault::new(node.at, format!("the value of {} is empty", key.name()))
                .hint("to remove it, write null"),
        ),
        Ok(text) if text.is_empty() => Some(Value::Null),
        Ok(text) => Some(text.into()),
        Err(error) => {
            reader.fault(DocumentFault::new(node.at, format!("{} {}", key.name(), error.message)))
        }
    }
}

/// The file entry of a setting.
pub fn entry(thing: &Entity) -> Option<(String, Value)> {
    let key = ConfigKey::parse(&thing.key)?;
    Some((thing.key.clone(), written(key, thing.text(VALUE).unwrap_or_default())))
}

/// Converts a stored text to its value in the file.
pub fn written(key: ConfigKey, text: &str) -> Value {
    match key.value_type() {
        ValueType::Secret => serde_json::json!({ "env": key.env() }),
        ValueType::Boolean
        | ValueType::Integer { .. }
        | ValueType::AddressPatterns
        | ValueType::Claims
        | ValueType::GroupIds
        | ValueType::HostDomains => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        _ => text.into(),
    }
}

fn as_it_is(text: &str) -> Result<String, TextError> {
    Ok(text.to_owned())
}
