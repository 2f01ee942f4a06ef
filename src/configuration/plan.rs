//! Plans the steps that bring an installation to the state in a file. Pure: two documents in, a
//! plan out.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    document::{
        Document, DocumentFault, DocumentFaults, Entity, EntityKind, Position, ValueShape, name_of,
    },
    references, renames,
    step::{Action, Difference, PlanStep},
};

/// Diffs the installation against the file; with `prune`, removes unlisted entries from the
/// sections in the file.
pub fn plan(
    current: &Document,
    wanted: &Document,
    prune: bool,
) -> Result<Vec<PlanStep>, Vec<DocumentFault>> {
    let (mut steps, mut faults) = (Vec::new(), DocumentFaults::default());
    for kind in EntityKind::ALL {
        let there = renames::renamed(current, kind, &steps);
        let mut kept = BTreeMap::new();
        let known = Known::of(&there);
        for new in wanted.of(kind) {
            match known.find(new) {
                Ok(old) => {
                    let first = old.and_then(|old| kept.insert(old.folded(), new.at));
                    if let Some((first, old)) = first.zip(old) {
                        faults.add(|| twice(old, new, first));
                    }
                    steps.extend(step(old, new, &mut faults));
                }
                Err(fault) => faults.add(|| fault),
            }
        }
        if prune && wanted.sections.contains_key(&kind) {
            let gone = there.iter().filter(|old| !kept.contains_key(&old.folded()));
            steps.extend(gone.map(|old| PlanStep {
                action: Action::Remove,
                kind,
                old: Some(old.clone()),
                new: old.clone(),
                differences: Vec::new(),
            }));
        }
    }
    references::check(current, wanted, &steps, &mut faults);
    renames::refuse_taken(current, &steps, &mut faults);
    renames::refuse_ambiguous(current, &steps, &mut faults);
    faults.or(steps)
}

/// The existing entities, by id and by name.
struct Known<'a> {
    by_id: BTreeMap<&'a str, &'a Entity>,
    by_name: BTreeMap<String, &'a Entity>,
}

impl<'a> Known<'a> {
    fn of(things: &'a [Entity]) -> Self {
        Self {
            by_id: things.iter().filter_map(|thing| Some((thing.text("id")?, thing))).collect(),
            by_name: things.iter().map(|thing| (thing.folded(), thing)).collect(),
        }
    }

    /// Finds the existing entity for an entry: by id, or else by name.
    fn find(&self, new: &Entity) -> Result<Option<&'a Entity>, DocumentFault> {
        let id = new.text("id");
        if let Some(old) = id.and_then(|id| self.by_id.get(id)) {
            return Ok(Some(old));
        }
        let found = self.by_name.get(&new.folded()).copied();
        match (found.and_then(|old| old.text("id")), id) {
            (Some(old), Some(id)) if old != id => {
                let message = format!(
                    "the {} {} has the id {old}, which cannot change",
                    new.kind.noun(),
                    new.key
                );
                Err(DocumentFault::new(new.place_of("id"), message)
                    .hint("leave id out, or choose another name"))
            }
            _ => Ok(found),
        }
    }
}

/// Two entries refer to the same entity, one by id and the other by name.
fn twice(old: &Entity, new: &Entity, first: Position) -> DocumentFault {
    let (noun, key) = (new.kind.noun(), &old.key);
    let message = format!("this is the {noun} {key}, which line {} describes already", first.line);
    DocumentFault::new(new.at, message).hint(
        "one entry has its id and the other its name: remove one, or give it another name or id",
    )
}

fn step(old: Option<&Entity>, new: &Entity, faults: &mut DocumentFaults) -> Option<PlanStep> {
    let kind = new.kind;
    if old.is_none()
        && matches!(kind, EntityKind::Api | EntityKind::Client)
        && new.get("name").is_none()
    {
        let message = || format!("name is missing, and the {} {} is new", kind.noun(), new.key);
        faults.add(|| DocumentFault::new(new.at, message()));
    }
    if old.is_none() && kind == EntityKind::Webhook && new.get("url").is_none() {
        let message = || format!("url is missing, and the webhook {} is new", new.key);
        faults.add(|| DocumentFault::new(new.at, message()));
    }
    if kind == EntityKind::Api && old.is_some_and(|old| old.key != new.key) {
        let at = new.place_of("resource");
        let message = "the resource of an API cannot change: clients refer to it";
        faults.add(|| DocumentFault::new(at, message));
    }
    let differences: Vec<_> = new
        .fields
        .iter()
        .filter_map(|(field, (value, _))| {
            let was = old.and_then(|old| old.get(field)).cloned();
            let is_same = match &was {
                Some(was) => same(kind.shape_of(field), was, value),
                // Absent on both sides.
                None => is_nothing(value),
            };
            (!is_same).then(|| Difference { field, old: was, new: value.clone() })
        })
        .collect();
    let action = match old {
        // A setting at its default still exists.
        None if kind == EntityKind::Setting && differences.is_empty() => return None,
        None => Action::Create,
        Some(_) if differences.is_empty() => return None,
        Some(_) => Action::Change,
    };
    Some(PlanStep { action, kind, old: old.cloned(), new: new.clone(), differences })
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Compares secrets by their digests only; different creation or expiry times are ignored.
fn same(shape: Option<ValueShape>, old: &Value, new: &Value) -> bool {
    match shape {
        Some(ValueShape::Set(_, _, key @ Some("digest"))) => {
            let names = |value: &Value| -> Vec<String> {
                value.as_array().into_iter().flatten().map(|one| name_of(one, key)).collect()
            };
            names(old) == names(new)
        }
        _ => old == new,
    }
}
