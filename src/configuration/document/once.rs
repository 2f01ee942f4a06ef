//! Uniqueness checks within a section.

use std::collections::BTreeMap;

use super::{
    entity::{Entity, EntityKind},
    fault::{DocumentFault, DocumentFaults},
};

/// The fields that must be unique, besides the name.
const UNIQUE: [&str; 2] = ["id", "email"];

/// The unique values seen in a section, with their line numbers.
#[derive(Default)]
pub struct Once(BTreeMap<(&'static str, String), usize>);

impl Once {
    /// Records the entity's unique values, and a fault for each duplicate.
    pub fn check(&mut self, thing: &Entity, faults: &mut DocumentFaults) {
        let key_field = thing.kind.key_field();
        if let Some(line) = self.0.insert((key_field, thing.folded()), thing.at.line) {
            let (noun, key) = (thing.kind.noun(), &thing.key);
            let message = || format!("the {noun} {key} is in line {line} already");
            faults.add(|| DocumentFault::new(thing.at, message()));
        }
        for field in UNIQUE.into_iter().filter(|field| *field != key_field) {
            let Some(text) = thing.text(field) else { continue };
            let at = thing.place_of(field);
            if let Some(line) = self.0.insert((field, folded(thing.kind, field, text)), at.line) {
                let message = || format!("the {field} {text} is in line {line} already");
                faults.add(|| DocumentFault::new(at, message()).hint("it must be unique"));
            }
        }
    }
}

/// Folds the value of a unique field for comparison.
pub fn folded(kind: EntityKind, field: &str, text: &str) -> String {
    match field {
        "email" => text.to_lowercase(),
        _ if field == kind.key_field() => kind.fold(text),
        _ => text.to_owned(),
    }
}
