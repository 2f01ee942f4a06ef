//! Checks that every name mentioned in the file exists.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    document::{Document, Entity, Fault, Kind, name_of},
    step::{Action, Step},
};
use crate::model::near;

/// Requires that every entity named in the file exists after all steps.
pub fn check(current: &Document, wanted: &Document, steps: &[Step], faults: &mut Vec<Fault>) {
    let names = |kind: Kind| -> BTreeSet<String> {
        // Removed or renamed entities.
        let gone = steps.iter().filter(|step| step.kind == kind).filter_map(|step| {
            let old = step.old.as_ref()?.folded();
            (step.action == Action::Remove || step.new.folded() != old).then_some(old)
        });
        let gone: BTreeSet<String> = gone.collect();
        let stays = current.of(kind).iter().map(Entity::folded).filter(|old| !gone.contains(old));
        stays.chain(wanted.of(kind).iter().map(Entity::folded)).collect()
    };
    let (groups, clients) = (names(Kind::Group), names(Kind::Client));
    if wanted.of(Kind::Group).iter().any(|group| !group.list("members").is_empty()) {
        let users = names(Kind::User);
        for group in wanted.of(Kind::Group) {
            require(group, "members", None, (Kind::User, &users), faults);
        }
    }
    for client in wanted.of(Kind::Client) {
        require(client, "allowedUserGroups", None, (Kind::Group, &groups), faults);
    }
    for api in wanted.of(Kind::Api) {
        require(api, "clients", Some("clientId"), (Kind::Client, &clients), faults);
        permissions(current, api, faults);
    }
}

fn require(
    thing: &Entity,
    field: &str,
    key: Option<&str>,
    (kind, names): (Kind, &BTreeSet<String>),
    faults: &mut Vec<Fault>,
) {
    for value in thing.list(field) {
        let part = key.and_then(|key| value.get(key)).unwrap_or(value);
        let name = part.as_str().unwrap_or_default();
        if !names.contains(name) {
            let message = format!("there is no {} {name}", kind.noun());
            let fault = Fault::new(thing.place_of(field), message);
            let otherwise = format!("add it under {}, or remove it here", kind.section());
            faults.push(with_near(fault, (name, names), otherwise));
        }
    }
}

/// Checks that clients are granted only permissions that the API has.
fn permissions(current: &Document, api: &Entity, faults: &mut Vec<Fault>) {
    let old = current.of(Kind::Api).iter().find(|old| old.folded() == api.folded());
    let listed = if api.get("permissions").is_some() { Some(api) } else { old };
    let known: BTreeSet<String> = listed
        .map(|api| api.list("permissions"))
        .unwrap_or_default()
        .iter()
        .map(|permission| name_of(permission, Some("key")))
        .collect();
    for grant in api.list("clients") {
        for key in grant["permissions"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !known.contains(key) {
                let message = format!("{} has no permission {key}", api.key);
                let fault = Fault::new(api.place_of("clients"), message);
                let otherwise = "add it under permissions, or remove it here".to_owned();
                faults.push(with_near(fault, (key, &known), otherwise));
            }
        }
    }
}

/// Suggests the nearest name, or else adds the given hint.
fn with_near(fault: Fault, (name, names): (&str, &BTreeSet<String>), otherwise: String) -> Fault {
    let names: Vec<_> = names.iter().cloned().collect();
    match near(name, &names).first() {
        Some(nearest) => fault.hint(format!("did you mean {nearest}?")),
        None => fault.hint(otherwise),
    }
}
