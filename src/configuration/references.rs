//! Checks that every name mentioned in the file exists.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    document::{Document, DocumentFault, Entity, EntityKind, name_of},
    step::{Action, PlanStep},
};
use crate::model::near;

/// Requires that every entity named in the file exists after all steps.
pub fn check(
    current: &Document,
    wanted: &Document,
    steps: &[PlanStep],
    faults: &mut Vec<DocumentFault>,
) {
    let names = |kind: EntityKind| -> BTreeSet<String> {
        // Removed or renamed entities.
        let gone = steps.iter().filter(|step| step.kind == kind).filter_map(|step| {
            let old = step.old.as_ref()?.folded();
            (step.action == Action::Remove || step.new.folded() != old).then_some(old)
        });
        let gone: BTreeSet<String> = gone.collect();
        let stays = current.of(kind).iter().map(Entity::folded).filter(|old| !gone.contains(old));
        stays.chain(wanted.of(kind).iter().map(Entity::folded)).collect()
    };
    let (groups, clients) = (names(EntityKind::Group), names(EntityKind::Client));
    if wanted.of(EntityKind::Group).iter().any(|group| !group.list("members").is_empty()) {
        let users = names(EntityKind::User);
        for group in wanted.of(EntityKind::Group) {
            require(group, "members", None, (EntityKind::User, &users), faults);
        }
    }
    for client in wanted.of(EntityKind::Client) {
        require(client, "allowedUserGroups", None, (EntityKind::Group, &groups), faults);
    }
    for api in wanted.of(EntityKind::Api) {
        require(api, "clients", Some("clientId"), (EntityKind::Client, &clients), faults);
        permissions(current, api, faults);
    }
}

fn require(
    thing: &Entity,
    field: &str,
    key: Option<&str>,
    (kind, names): (EntityKind, &BTreeSet<String>),
    faults: &mut Vec<DocumentFault>,
) {
    for value in thing.list(field) {
        let part = key.and_then(|key| value.get(key)).unwrap_or(value);
        let name = part.as_str().unwrap_or_default();
        if !names.contains(name) {
            let message = format!("there is no {} {name}", kind.noun());
            let fault = DocumentFault::new(thing.place_of(field), message);
            let otherwise = format!("add it under {}, or remove it here", kind.section());
            faults.push(with_near(fault, (name, names), otherwise));
        }
    }
}

/// Checks that clients are granted only permissions that the API has.
fn permissions(current: &Document, api: &Entity, faults: &mut Vec<DocumentFault>) {
    let old = current.of(EntityKind::Api).iter().find(|old| old.folded() == api.folded());
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
                let fault = DocumentFault::new(api.place_of("clients"), message);
                let otherwise = "add it under permissions, or remove it here".to_owned();
                faults.push(with_near(fault, (key, &known), otherwise));
            }
        }
    }
}

/// Suggests the nearest name, or else adds the given hint.
fn with_near(
    fault: DocumentFault,
    (name, names): (&str, &BTreeSet<String>),
    otherwise: String,
) -> DocumentFault {
    let names: Vec<_> = names.iter().cloned().collect();
    match near(name, &names).first() {
        Some(nearest) => fault.hint(format!("did you mean {nearest}?")),
        None => fault.hint(otherwise),
    }
}
