//! The configuration file as a document: the desired state of an installation. Everything here is
//! pure; environment variables and other files are read through [`Sources`].

mod entity;
mod fault;
pub mod fields;
mod indicators;
mod node;
pub mod once;
mod read;
mod rules;
mod schema;
pub mod secret;
pub mod settings;
mod shape;
pub mod write;

pub use entity::{Entity, EntityKind, VALUE};
pub use fault::{DocumentFault, DocumentFaults, Position, quoted};
pub use schema::schema;
pub use shape::{Sources, ValueShape, name_of, sorted};

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::custom_claim::MAX_CLAIM_BYTES;
use node::{Node, NodeContent};
use once::Once;
use read::{DocumentReader, unknown};

/// The entities of an installation by kind. A missing section leaves its entities unchanged.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    pub sections: BTreeMap<EntityKind, Vec<Entity>>,
}

impl Document {
    /// The maximum number of values in a file.
    const MAX_VALUES: usize = 2_000_000;

    /// Parses a file; returns its first faults.
    pub fn parse(text: &str, sources: &dyn Sources) -> Result<Self, Vec<DocumentFault>> {
        Self::parse_bounded(text, sources, Self::MAX_VALUES)
    }

    /// Parses a file with at most so many values: lists, mappings, and their entries.
    pub fn parse_bounded(
        text: &str,
        sources: &dyn Sources,
        max_values: usize,
    ) -> Result<Self, Vec<DocumentFault>> {
        let root = node::parse(text, max_values).map_err(|fault| vec![fault])?;
        let mut reader = DocumentReader { sources, faults: DocumentFaults::default() };
        let document = read(&mut reader, &root);
        reader.faults.or(document)
    }

    /// The document as JSON, in the form of a JSON configuration file.
    pub fn to_json(&self) -> Value {
        let section = |kind: EntityKind| -> Value {
            let things = self.of(kind).iter();
            match kind {
                EntityKind::Setting => things.filter_map(settings::entry).collect(),
                _ => things.map(Entity::to_json).collect(),
            }
        };
        EntityKind::ALL.into_iter().map(|kind| (kind.section().to_owned(), section(kind))).collect()
    }

    /// The entities of a kind.
    pub fn of(&self, kind: EntityKind) -> &[Entity] {
        self.sections.get(&kind).map_or(&[], Vec::as_slice)
    }
}

fn read(reader: &mut DocumentReader<'_>, root: &Node) -> Document {
    let mut document = Document::default();
    let NodeContent::Mapping(entries) = &root.content else {
        let message = format!("expected a mapping, found {}", root.content.what());
        reader.fault(DocumentFault::new(root.at, message));
        return document;
    };
    for (key, node) in entries {
        match EntityKind::ALL.into_iter().find(|kind| kind.section() == key.name) {
            Some(kind) => {
                let things = match kind {
                    EntityKind::Setting => settings::read(reader, node),
                    kind => section(reader, kind, node),
                };
                document.sections.insert(kind, things);
            }
            None => {
                let sections = || EntityKind::ALL.iter().map(|kind| kind.section());
                reader.faults.add(|| unknown(key.at, &key.name, sections()));
            }
        }
    }
    document
}

fn section(reader: &mut DocumentReader<'_>, kind: EntityKind, node: &Node) -> Vec<Entity> {
    let items = match &node.content {
        NodeContent::List(items) => items.as_slice(),
        NodeContent::Null => &[],
        other => {
            let message = format!("expected a list, found {}", other.what());
            reader.fault(DocumentFault::new(node.at, message));
            &[]
        }
    };
    let mut seen = Once::default();
    let mut things = Vec::new();
    for item in items {
        let Some(fields) = reader.fields(item, kind.fields()) else { continue };
        let key = fields.get(kind.key_field()).and_then(|(value, _)| value.as_str());
        let key = key.unwrap_or_default().to_owned();
        let thing = Entity { kind, key, at: item.at, fields };
        seen.check(&thing, &mut reader.faults);
        things.push(complete(reader, thing));
    }
    things
}

/// Fills in implied fields, and rejects contradictory ones.
fn complete(reader: &mut DocumentReader<'_>, mut thing: Entity) -> Entity {
    if matches!(thing.kind, EntityKind::Client | EntityKind::ProtectedHost)
        && let Some((groups, at)) = thing.fields.get("allowedUserGroups").cloned()
    {
        let is_restricted = groups.as_array().is_some_and(|groups| !groups.is_empty());
        thing.fields.entry("isGroupRestricted").or_insert((is_restricted.into(), at));
    }
    if thing.kind == EntityKind::Client {
        let is_public = thing.get("isPublic") == Some(&true.into());
        if is_public && thing.get("pkceEnabled") == Some(&false.into()) {
            let at = thing.place_of("pkceEnabled");
            reader.fault(DocumentFault::new(at, "a public client must use PKCE"));
        }
        if is_public && !thing.list("secrets").is_empty() {
            let at = thing.place_of("secrets");
            reader.fault(DocumentFault::new(at, "a public client has no secret"));
        }
        refuse_many_claims(reader, &thing, "claims", "name");
        let at = thing.place_of("claims");
        for rule in thing.list("claims") {
            if rule.get("value").is_some() == rule.get("from").is_some() {
                let name = name_of(rule, Some("name"));
                reader.fault(DocumentFault::new(
                    at,
                    format!("the claim {name} needs either value or from"),
                ));
            }
        }
    }
    refuse_many_claims(reader, &thing, "customClaims", "key");
    thing
}

/// Limits the claims' total size, since every token carries all of them.
fn refuse_many_claims(reader: &mut DocumentReader<'_>, thing: &Entity, field: &str, key: &str) {
    let text = |claim: &Value, name: &str| claim[name].as_str().map_or(0, str::len);
    let claims = thing.list(field).iter();
    let bytes: usize = claims.map(|claim| text(claim, key) + text(claim, "value")).sum();
    if bytes > MAX_CLAIM_BYTES {
        let message = format!("these claims are longer than {MAX_CLAIM_BYTES} bytes");
        reader.fault(DocumentFault::new(thing.place_of(field), message));
    }
}
