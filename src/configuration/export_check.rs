//! Checks that `pocketid apply` accepts the export.

use std::collections::BTreeMap;

use super::{
    document::{Document, DocumentFault, Entity, EntityKind, Sources, VALUE, write::write},
    error::Error,
};
use crate::crypto::Secret;

/// Leaves out values that `apply` would reject, and returns a warning for each: an import may have
/// stored values that today's validation refuses.
pub fn leave_out_refused(document: &mut Document) -> Result<Vec<String>, Error> {
    let mut warnings = Vec::new();
    if check(document).is_ok() {
        return Ok(warnings);
    }
    for (kind, things) in &mut document.sections {
        for thing in things.iter_mut() {
            let is_named_by = |name: &str| *kind != EntityKind::Setting && name == kind.key_field();
            let names: Vec<_> =
                thing.fields.keys().copied().filter(|name| !is_named_by(name)).collect();
            for name in names {
                let one = with_only(thing, &[name, kind.key_field()]);
                let Err(faults) = check(&only(*kind, one)) else { continue };
                let what = match *kind {
                    EntityKind::Setting => format!("the setting {}", thing.key),
                    kind => format!("{name} of the {} {}", kind.noun(), thing.key),
                };
                warnings.push(format!("{what} is left out: {}", told(&faults)));
                thing.fields.remove(name);
            }
        }
        things.retain(|thing| *kind != EntityKind::Setting || thing.get(VALUE).is_some());
    }
    check(document).map_err(|faults| Error::Unwritable(told(&faults)))?;
    Ok(warnings)
}

/// Copies these fields only: others may hold whole pictures.
fn with_only(thing: &Entity, names: &[&'static str]) -> Entity {
    let field = |name: &&'static str| Some((*name, thing.fields.get(name)?.clone()));
    let fields = names.iter().filter_map(field).collect();
    Entity { kind: thing.kind, key: thing.key.clone(), at: thing.at, fields }
}

fn only(kind: EntityKind, thing: Entity) -> Document {
    Document { sections: BTreeMap::from([(kind, vec![thing])]) }
}

fn check(document: &Document) -> Result<(), Vec<DocumentFault>> {
    Document::parse(&write(document), &Anything).map(drop)
}

fn told(faults: &[DocumentFault]) -> String {
    faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; ")
}

/// Accepts any environment variable: its real value is known only where the file is applied.
struct Anything;

impl Sources for Anything {
    fn variable(&self, _: &str) -> Result<Secret, String> {
        Ok(Secret::new("anything"))
    }

    fn file(&self, path: &str, _: usize) -> Result<Vec<u8>, String> {
        Err(format!("cannot read {path:?}"))
    }
}
