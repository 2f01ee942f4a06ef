//! Checks that every name mentioned in the file exists.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    document::{Document, DocumentFault, DocumentFaults, Entity, EntityKind, name_of},
    step::{Action, PlanStep},
};
use crate::model::near;

/// How many faults suggest another name, for which all names have to be compared.
const SUGGESTIONS: usize = 5;

/// Requires that every entity named in the file exists after all steps.
pub fn check(
    current: &Document,
    wanted: &Document,
    steps: &[PlanStep],
    faults: &mut DocumentFaults,
) {
    let existing = |kind: EntityKind| {
        // Removed or renamed entities.
        let gone = steps.iter().filter(|step| step.kind == kind).filter_map(|step| {
            let old = step.old.as_ref()?.folded();
            (step.action == Action::Remove || step.new.folded() != old).then_some(old)
        });
        let gone: BTreeSet<String> = gone.collect();
        let stays = current.of(kind).iter().map(Entity::folded).filter(|old| !gone.contains(old));
        Existing { kind, names: stays.chain(wanted.of(kind).iter().map(Entity::folded)).collect() }
    };
    let mut unknown = UnknownNames { faults, suggestions: SUGGESTIONS };
    let (groups, clients) = (existing(EntityKind::Group), existing(EntityKind::Client));
    let groups_wanted = wanted.of(EntityKind::Group);
    if groups_wanted.iter().any(|group| !group.list("members").is_empty()) {
        let users = existing(EntityKind::User);
        for group in groups_wanted {
            require(group, "members", None, &users, &mut unknown);
        }
    }
    if wanted.of(EntityKind::Client).iter().any(|client| !client.list("services").is_empty()) {
        let users = existing(EntityKind::User);
        for client in wanted.of(EntityKind::Client) {
            require(client, "services", None, &users, &mut unknown);
        }
    }
    for group in groups_wanted.iter().filter(|it| it.get("membershipEnds").is_some()) {
        ends_of_members(group, unknown.faults);
    }
    for kind in [EntityKind::Client, EntityKind::ProtectedHost, EntityKind::SshAccount] {
        for restricted in wanted.of(kind) {
            require(restricted, "allowedUserGroups", None, &groups, &mut unknown);
        }
    }
    let apis: BTreeMap<_, _> =
        current.of(EntityKind::Api).iter().map(|api| (api.folded(), api)).collect();
    for api in wanted.of(EntityKind::Api) {
        require(api, "clients", Some("clientId"), &clients, &mut unknown);
        permissions(apis.get(&api.folded()).copied(), api, &mut unknown);
    }
}

/// The entities of a kind that exist after all steps.
struct Existing {
    kind: EntityKind,
    names: BTreeSet<String>,
}

fn require(
    thing: &Entity,
    field: &str,
    key: Option<&str>,
    Existing { kind, names }: &Existing,
    unknown: &mut UnknownNames<'_>,
) {
    for value in thing.list(field) {
        let part = key.and_then(|key| value.get(key)).unwrap_or(value);
        let name = part.as_str().unwrap_or_default();
        if !names.contains(name) {
            unknown.add(name, names, || {
                let message = format!("there is no {} {name}", kind.noun());
                let otherwise = format!("add it under {}, or remove it here", kind.section());
                (DocumentFault::new(thing.place_of(field), message), otherwise)
            });
        }
    }
}

/// Checks that only members in the file have an end of their membership. Without the members, an end that has passed
/// could mean that the user is to be removed, or that their membership does not end any more.
fn ends_of_members(group: &Entity, faults: &mut DocumentFaults) {
    if group.get("members").is_none() {
        let message = || format!("membershipEnds of {} needs members", group.key);
        return faults.add(|| {
            DocumentFault::new(group.place_of("membershipEnds"), message())
                .hint("list the members of the group, or remove membershipEnds")
        });
    }
    let members: BTreeSet<_> = group.list("members").iter().filter_map(Value::as_str).collect();
    for end in group.list("membershipEnds") {
        let name = end["username"].as_str().unwrap_or_default();
        if !members.contains(name) {
            faults.add(|| {
                let message = format!("{name} is not among the members of {}", group.key);
                DocumentFault::new(group.place_of("membershipEnds"), message)
                    .hint("add the user to members, or remove the end here")
            });
        }
    }
}

/// Checks that clients are granted only permissions that the API has.
fn permissions(old: Option<&Entity>, api: &Entity, unknown: &mut UnknownNames<'_>) {
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
                unknown.add(key, &known, || {
                    let message = format!("{} has no permission {key}", api.key);
                    let otherwise = "add it under permissions, or remove it here".to_owned();
                    (DocumentFault::new(api.place_of("clients"), message), otherwise)
                });
            }
        }
    }
}

/// Collects the names that do not exist.
struct UnknownNames<'a> {
    faults: &'a mut DocumentFaults,
    /// How many more faults may suggest another name.
    suggestions: usize,
}

impl UnknownNames<'_> {
    /// Adds a fault, which comes with a hint for when no existing name is near.
    fn add(
        &mut self,
        name: &str,
        names: &BTreeSet<String>,
        fault: impl FnOnce() -> (DocumentFault, String),
    ) {
        let may_suggest = self.suggestions > 0;
        self.suggestions = self.suggestions.saturating_sub(1);
        self.faults.add(|| {
            let (fault, otherwise) = fault();
            let nearest = if may_suggest { nearest(name, names) } else { None };
            match nearest {
                Some(nearest) => fault.hint(format!("did you mean {nearest}?")),
                None => fault.hint(otherwise),
            }
        });
    }
}

fn nearest(name: &str, names: &BTreeSet<String>) -> Option<String> {
    let names: Vec<_> = names.iter().cloned().collect();
    near(name, &names).first().map(|nearest| (*nearest).to_owned())
}
