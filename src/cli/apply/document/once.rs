//! What may stand in a section once only.

use std::collections::BTreeMap;

use super::{Entity, Fault, Kind};

/// Beside its name, what tells a thing from all others.
const UNIQUE: [&str; 2] = ["id", "email"];

/// What has been seen of a section, and in which lines.
#[derive(Default)]
pub struct Once(BTreeMap<(&'static str, String), usize>);

impl Once {
    /// What is wrong when something of the thing stands in the section already.
    pub fn check(&mut self, thing: &Entity) -> Vec<Fault> {
        let mut faults = Vec::new();
        let key_field = thing.kind.key_field();
        if let Some(line) = self.0.insert((key_field, thing.folded()), thing.at.line) {
            let (noun, key) = (thing.kind.noun(), &thing.key);
            let message = format!("the {noun} {key} stands in line {line} already");
            faults.push(Fault::new(thing.at, message));
        }
        for field in UNIQUE.into_iter().filter(|field| *field != key_field) {
            let Some(text) = thing.text(field) else { continue };
            let at = thing.place_of(field);
            if let Some(line) = self.0.insert((field, folded(thing.kind, field, text)), at.line) {
                let message = format!("the {field} {text} stands in line {line} already");
                faults.push(Fault::new(at, message).hint("it can be that of one only"));
            }
        }
        faults
    }
}

/// The form in which a field that is unique is compared.
pub fn folded(kind: Kind, field: &str, text: &str) -> String {
    match field {
        "email" => text.to_lowercase(),
        _ if field == kind.key_field() => kind.fold(text),
        _ => text.to_owned(),
    }
}
