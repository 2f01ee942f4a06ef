//! Converts YAML nodes into canonical values, and collects the faults.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Map, Value};

use super::{
    fault::{DocumentFault, DocumentFaults, Position, quoted},
    node::{Node, NodeContent},
    secret::{STORED_SECRET, stored},
    shape::{Field, IMAGE, REFERENCE, Sources, ValueShape, name_of, sorted},
};
use crate::{
    crypto::Secret,
    model::{Image, near},
};

/// Reads nodes, and collects their faults.
pub struct DocumentReader<'a> {
    pub sources: &'a dyn Sources,
    pub faults: DocumentFaults,
}

/// The shape of the entries of a list, and their maximum number.
#[derive(Clone, Copy)]
struct Entries<'a> {
    of: &'a ValueShape,
    max: usize,
}

/// The fields that a mapping sets, with their positions.
pub type Fields = BTreeMap<&'static str, (Value, Position)>;

impl DocumentReader<'_> {
    /// Records a fault.
    pub fn fault(&mut self, fault: DocumentFault) -> Option<Value> {
        self.faults.add(|| fault);
        None
    }

    /// Reads a node; returns `None` if it is faulty.
    pub fn read(&mut self, node: &Node, shape: &ValueShape) -> Option<Value> {
        let at = node.at;
        match (shape, &node.content) {
            (ValueShape::Optional(_), NodeContent::Null) => Some(Value::Null),
            (ValueShape::Optional(shape), _) => self.read(node, shape),
            (ValueShape::Flag, NodeContent::Flag(flag)) => Some(Value::Bool(*flag)),
            (ValueShape::Integer { min, max }, NodeContent::Number(text)) => {
                let number = text.parse::<i64>().ok();
                match number.filter(|number| (*min..=*max).contains(number)) {
                    Some(number) => Some(number.into()),
                    None => self.mismatch(node, shape),
                }
            }
            (ValueShape::Choice(words), NodeContent::Text(text))
                if words.contains(&text.as_str()) =>
            {
                Some(text.as_str().into())
            }
            (ValueShape::Text(read), NodeContent::Text(text)) => match read(text) {
                Ok(text) => Some(text.into()),
                Err(error) => {
                    self.fault(DocumentFault::new(at, format!("{} {error}", quoted(text))))
                }
            },
            (ValueShape::Text(_), NodeContent::Number(_) | NodeContent::Flag(_)) => {
                let found = format!("expected text, found {}", node.content.what());
                self.fault(DocumentFault::new(at, found).hint("write it in quotes"))
            }
            (ValueShape::List(of, max), NodeContent::List(items)) => {
                self.list(node, items, Entries { of, max: *max }).map(Value::Array)
            }
            (ValueShape::Set(of, max, key), NodeContent::List(items)) => {
                self.set(node, items, Entries { of, max: *max }, *key)
            }
            (ValueShape::Object(fields), NodeContent::Mapping(_)) => {
                let found = self.fields(node, fields)?;
                Some(Value::Object(whole(found, fields)))
            }
            (ValueShape::Json(read), _) => match read(&plain(node)) {
                Ok(value) => Some(value),
                Err(error) => self.fault(DocumentFault::new(at, format!("it {error}"))),
            },
            (ValueShape::Reference, NodeContent::Mapping(_)) => {
                let secret = self.reference(node)?;
                Some(secret.expose().into())
            }
            (
                ValueShape::Reference | ValueShape::ClientSecret,
                NodeContent::Text(_) | NodeContent::Number(_),
            ) => self.fault(
                DocumentFault::new(at, "a secret must not be written in this file")
                    .hint("refer to it: {env: NAME} or {file: PATH}"),
            ),
            (ValueShape::ClientSecret, NodeContent::Mapping(_)) => self.client_secret(node),
            (ValueShape::Image, NodeContent::Mapping(_)) => self.image(node),
            _ => self.mismatch(node, shape),
        }
    }

    fn mismatch(&mut self, node: &Node, shape: &ValueShape) -> Option<Value> {
        let message = format!("expected {}, found {}", shape.what(), node.content.what());
        self.fault(DocumentFault::new(node.at, message))
    }

    fn list(
        &mut self,
        node: &Node,
        items: &[Node],
        Entries { of, max }: Entries<'_>,
    ) -> Option<Vec<Value>> {
        if items.len() > max {
            self.fault(DocumentFault::new(node.at, format!("more than {max} entries")));
            return None;
        }
        let values: Vec<_> = items.iter().filter_map(|item| self.read(item, of)).collect();
        (values.len() == items.len()).then_some(values)
    }

    fn set(
        &mut self,
        node: &Node,
        items: &[Node],
        of: Entries<'_>,
        key: Option<&str>,
    ) -> Option<Value> {
        let values = self.list(node, items, of)?;
        let mut seen = BTreeSet::new();
        for (item, value) in items.iter().zip(&values) {
            let name = name_of(value, key);
            if !seen.insert(name.clone()) {
                let what = if key == Some("digest") { "this secret" } else { &name };
                return self.fault(DocumentFault::new(item.at, format!("{what} occurs twice")));
            }
        }
        Some(Value::Array(sorted(values, key)))
    }

    /// Reads the entries of a mapping.
    pub fn fields(&mut self, node: &Node, known: &'static [Field]) -> Option<Fields> {
        let NodeContent::Mapping(entries) = &node.content else {
            self.mismatch(node, &ValueShape::Object(known));
            return None;
        };
        let before = self.faults.count();
        let mut fields = Fields::new();
        for (key, node) in entries {
            match known.iter().find(|field| field.name == key.name) {
                Some(field) => {
                    if let Some(value) = self.read(node, &field.shape) {
                        fields.insert(field.name, (value, node.at));
                    }
                }
                None => {
                    let names = || known.iter().map(|field| field.name);
                    self.faults.add(|| unknown(key.at, &key.name, names()));
                }
            }
        }
        let has = |name: &str| entries.iter().any(|(key, _)| key.name == name);
        for field in known.iter().filter(|field| field.required && !has(field.name)) {
            self.faults.add(|| DocumentFault::new(node.at, format!("{} is missing", field.name)));
        }
        (self.faults.count() == before).then_some(fields)
    }

    /// Resolves a reference to its secret, without the trailing newline.
    fn reference(&mut self, node: &Node) -> Option<Secret> {
        let fields = self.fields(node, REFERENCE)?;
        let text = |name| fields.get(name).and_then(|(value, _): &(Value, _)| value.as_str());
        let found = match (text("env"), text("file")) {
            (Some(name), None) => self.sources.variable(name),
            (None, Some(path)) => self.sources.file(path, 64 * 1024).and_then(|bytes| {
                let text = String::from_utf8(bytes).map_err(|_| format!("{path:?} is not text"))?;
                Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
            }),
            _ => Err("expected either env or file".to_owned()),
        };
        found.map_err(|error| self.faults.add(|| DocumentFault::new(node.at, error))).ok()
    }

    /// Reads a client secret in its stored form.
    fn client_secret(&mut self, node: &Node) -> Option<Value> {
        let NodeContent::Mapping(entries) = &node.content else { return None };
        if entries.iter().any(|(key, _)| key.name == "digest") {
            return self.read(node, &ValueShape::Object(STORED_SECRET));
        }
        let secret = self.reference(node)?;
        match stored(&secret) {
            Ok(stored) => Some(stored),
            Err(message) => self.fault(
                DocumentFault::new(node.at, message).hint("make one with: openssl rand -hex 32"),
            ),
        }
    }

    /// Reads an image as base64.
    fn image(&mut self, node: &Node) -> Option<Value> {
        let fields = self.fields(node, IMAGE)?;
        let text = |name| fields.get(name).and_then(|(value, _): &(Value, _)| value.as_str());
        let bytes = match (text("file"), text("base64")) {
            (Some(path), None) => self.sources.file(path, Image::MAX_SIZE),
            (None, Some(text)) => {
                BASE64_STANDARD.decode(text).map_err(|_| "this is not base64".to_owned())
            }
            _ => Err("expected either file or base64".to_owned()),
        };
        let image = bytes.and_then(|bytes| {
            if bytes.len() > Image::MAX_SIZE {
                Err("the image is larger than 2 MiB".to_owned())
            } else {
                Image::recognise(bytes).ok_or("this is not an image that browsers can show".into())
            }
        });
        match image {
            Ok(image) => Some(BASE64_STANDARD.encode(image.bytes).into()),
            Err(error) => self.fault(DocumentFault::new(node.at, error)),
        }
    }
}

/// Fills in the defaults of a nested mapping, which is compared as a whole.
fn whole(found: Fields, known: &[Field]) -> Map<String, Value> {
    let mut map: Map<_, _> = known
        .iter()
        .filter_map(|field| match field.shape {
            ValueShape::Flag => Some((field.name.to_owned(), Value::Bool(false))),
            ValueShape::List(..) | ValueShape::Set(..) => {
                Some((field.name.to_owned(), Value::Array(Vec::new())))
            }
            _ => None,
        })
        .collect();
    let said = found.into_iter().filter(|(_, (value, _))| !matches!(value.as_str(), Some("")));
    map.extend(said.map(|(name, (value, _))| (name.to_owned(), value)));
    map.retain(|_, value| !value.is_null());
    map
}

/// An unknown key, with a suggestion of the nearest known one.
pub fn unknown(
    at: Position,
    name: &str,
    known: impl Iterator<Item = &'static str>,
) -> DocumentFault {
    let known: Vec<_> = known.map(str::to_owned).collect();
    let fault = DocumentFault::new(at, format!("unknown key {}", quoted(name)));
    match &near(name, &known)[..] {
        [] => fault.hint(format!("the keys are {}", known.join(", "))),
        [nearest, ..] => fault.hint(format!("did you mean {nearest}?")),
    }
}

/// Converts a node to JSON without validation.
fn plain(node: &Node) -> Value {
    match &node.content {
        NodeContent::List(items) => items.iter().map(plain).collect(),
        NodeContent::Mapping(entries) => {
            entries.iter().map(|(key, node)| (key.name.clone(), plain(node))).collect()
        }
        NodeContent::Null => Value::Null,
        NodeContent::Flag(flag) => (*flag).into(),
        NodeContent::Number(text) => {
            serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into())
        }
        NodeContent::Text(text) => text.as_str().into(),
    }
}
