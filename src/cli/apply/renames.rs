//! Things that get another name: what speaks of them by their name goes on meaning them.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::Value;

use super::{
    document::{Document, Entity, Fault, Kind, once::folded, sorted},
    plan::{Action, Step},
};

/// What speaks of other things by a name of theirs that can change.
const SPEAKERS: [(Kind, &str, Kind); 2] =
    [(Kind::Group, "members", Kind::User), (Kind::Client, "allowedUserGroups", Kind::Group)];

/// What can change, and only one can have.
const UNIQUE: [(Kind, &str); 3] =
    [(Kind::User, "username"), (Kind::User, "email"), (Kind::Group, "name")];

/// The things that are there, under the names that those they speak of are going to have.
pub fn renamed<'a>(current: &'a Document, kind: Kind, steps: &[Step]) -> Cow<'a, [Entity]> {
    let mut things = Cow::Borrowed(current.of(kind));
    for (_, field, of) in SPEAKERS.into_iter().filter(|(speaker, ..)| *speaker == kind) {
        let names: BTreeMap<_, _> = steps
            .iter()
            .filter(|step| step.kind == of && step.action == Action::Change)
            .filter_map(|step| Some((step.old.as_ref()?.folded(), step.new.folded())))
            .filter(|(old, new)| old != new)
            .collect();
        if names.is_empty() {
            continue;
        }
        for (value, _) in things.to_mut().iter_mut().filter_map(|thing| thing.fields.get_mut(field))
        {
            let list = value.as_array().cloned().unwrap_or_default().into_iter();
            let list = list.map(|name| match name.as_str().and_then(|name| names.get(name)) {
                Some(new) => Value::from(new.as_str()),
                None => name,
            });
            *value = Value::Array(sorted(list.collect(), None));
        }
    }
    things
}

/// Refuses what somebody has who keeps it.
pub fn refuse_taken(current: &Document, steps: &[Step], faults: &mut Vec<Fault>) {
    for (kind, field) in UNIQUE {
        let steps = || steps.iter().filter(|step| step.kind == kind);
        let form = |thing: &Entity| thing.text(field).map(|text| folded(kind, field, text));
        // Whose is removed or becomes another.
        let gives_up = |step: &&Step| step.action == Action::Remove || step.changes(field);
        let free: BTreeSet<_> =
            steps().filter(gives_up).filter_map(|step| form(step.old.as_ref()?)).collect();
        let asked: BTreeSet<_> = steps()
            .filter(|step| step.action != Action::Remove && step.changes(field))
            .filter_map(|step| form(&step.new))
            .collect();
        if asked.is_empty() {
            continue;
        }
        let kept: BTreeMap<_, _> = current
            .of(kind)
            .iter()
            .filter_map(|thing| Some((form(thing)?, thing)))
            .filter(|(form, _)| asked.contains(form) && !free.contains(form))
            .collect();
        for step in steps().filter(|step| step.action != Action::Remove && step.changes(field)) {
            if let Some(owner) = form(&step.new).and_then(|form| kept.get(&form)) {
                let text = step.new.text(field).unwrap_or_default();
                let message = format!("{text} is the {field} of the {} {}", kind.noun(), owner.key);
                faults.push(
                    Fault::new(step.new.place_of(field), message).hint(
                        "it can be that of one only: say in the file what the other one gets",
                    ),
                );
            }
        }
    }
}
