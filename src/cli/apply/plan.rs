//! What has to be done for an installation to be as a file says. Pure: two documents go in, a plan comes out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::Value;

use super::document::{Document, Entity, Fault, Kind, Shape, name_of};
use crate::cli::names::near;

/// What is to be done with a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Create,
    Change,
    Remove,
}

/// A step of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub action: Action,
    pub kind: Kind,
    /// The thing as it is, unless it is new.
    pub old: Option<Entity>,
    /// What the file says of it; as it is, when it is to be removed.
    pub new: Entity,
    /// What is to be another than it is.
    pub differences: Vec<Difference>,
}

/// A field that is to be another.
#[derive(Clone, PartialEq)]
pub struct Difference {
    pub field: &'static str,
    pub old: Option<Value>,
    pub new: Value,
}

/// The field only: its values may be secrets.
impl fmt::Debug for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field)
    }
}

impl Step {
    /// Whether a field is to be another.
    pub fn changes(&self, field: &str) -> bool {
        self.differences.iter().any(|one| one.field == field)
    }

    /// The name of the thing as it is.
    pub fn key(&self) -> &str {
        self.old.as_ref().map_or(&self.new.key, |old| &old.key)
    }
}

/// Compares what is with what is to be. With `prune`, what a section does not have is removed.
pub fn plan(current: &Document, wanted: &Document, prune: bool) -> Result<Vec<Step>, Vec<Fault>> {
    let (mut steps, mut faults) = (Vec::new(), Vec::new());
    for kind in Kind::ALL {
        let mut kept = BTreeSet::new();
        let known = Known::of(current.of(kind));
        for new in wanted.of(kind) {
            match known.find(new) {
                Ok(old) => {
                    kept.extend(old.map(|old| old.folded()));
                    steps.extend(step(old, new, &mut faults));
                }
                Err(fault) => faults.push(fault),
            }
        }
        if prune && wanted.sections.contains_key(&kind) {
            let gone = current.of(kind).iter().filter(|old| !kept.contains(&old.folded()));
            steps.extend(gone.map(|old| Step {
                action: Action::Remove,
                kind,
                old: Some(old.clone()),
                new: old.clone(),
                differences: Vec::new(),
            }));
        }
    }
    references(current, wanted, &steps, &mut faults);
    if faults.is_empty() { Ok(steps) } else { Err(faults) }
}

/// The things that are there, by id and by name.
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

    /// The thing that the file speaks of: of this id, or else of this name.
    fn find(&self, new: &Entity) -> Result<Option<&'a Entity>, Fault> {
        let id = new.text("id");
        if let Some(old) = id.and_then(|id| self.by_id.get(id)) {
            return Ok(Some(old));
        }
        let found = self.by_name.get(&new.folded()).copied();
        match (found.and_then(|old| old.text("id")), id) {
            (Some(old), Some(id)) if old != id => {
                let message =
                    format!("the {} {} has the id {old}, which stays", new.kind.noun(), new.key);
                Err(Fault::new(new.place_of("id"), message)
                    .hint("leave id out, or give the thing another name"))
            }
            _ => Ok(found),
        }
    }
}

fn step(old: Option<&Entity>, new: &Entity, faults: &mut Vec<Fault>) -> Option<Step> {
    let kind = new.kind;
    if old.is_none() && matches!(kind, Kind::Api | Kind::Client) && new.get("name").is_none() {
        let message = format!("name is missing, and the {} {} is new", kind.noun(), new.key);
        faults.push(Fault::new(new.at, message));
    }
    if kind == Kind::Api && old.is_some_and(|old| old.key != new.key) {
        let at = new.place_of("resource");
        faults.push(Fault::new(at, "the resource of an API stays: clients name it"));
    }
    let differences: Vec<_> = new
        .fields
        .iter()
        .filter_map(|(field, (value, _))| {
            let was = old.and_then(|old| old.get(field)).cloned();
            let is_same = match &was {
                Some(was) => same(kind.shape_of(field), was, value),
                // What is not there and is not to be there.
                None => is_nothing(value),
            };
            (!is_same).then(|| Difference { field, old: was, new: value.clone() })
        })
        .collect();
    let action = match old {
        // A setting that has its default is there all the same.
        None if kind == Kind::Setting && differences.is_empty() => return None,
        None => Action::Create,
        Some(_) if differences.is_empty() => return None,
        Some(_) => Action::Change,
    };
    Some(Step { action, kind, old: old.cloned(), new: new.clone(), differences })
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Secrets are told apart by their digests; when they were made or end is no difference.
fn same(shape: Option<Shape>, old: &Value, new: &Value) -> bool {
    match shape {
        Some(Shape::Set(_, _, key @ Some("digest"))) => {
            let names = |value: &Value| -> Vec<String> {
                value.as_array().into_iter().flatten().map(|one| name_of(one, key)).collect()
            };
            names(old) == names(new)
        }
        _ => old == new,
    }
}

/// What is named in the file has to be there, once all is done.
fn references(current: &Document, wanted: &Document, steps: &[Step], faults: &mut Vec<Fault>) {
    let names = |kind: Kind| -> BTreeSet<String> {
        // Removed, or under another name.
        let gone = steps.iter().filter(|step| step.kind == kind).filter_map(|step| {
            let old = step.old.as_ref()?.folded();
            (step.action == Action::Remove || step.new.folded() != old).then_some(old)
        });
        let gone: BTreeSet<String> = gone.collect();
        let stays = current.of(kind).iter().map(Entity::folded).filter(|old| !gone.contains(old));
        stays.chain(wanted.of(kind).iter().map(Entity::folded)).collect()
    };
    let (users, groups, clients) = (names(Kind::User), names(Kind::Group), names(Kind::Client));
    for group in wanted.of(Kind::Group) {
        require(group, "members", None, (Kind::User, &users), faults);
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
            faults.push(with_near(Fault::new(thing.place_of(field), message), name, names));
        }
    }
}

/// Clients can ask for what an API allows, and for nothing else.
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
                faults.push(with_near(fault, key, &known));
            }
        }
    }
}

fn with_near(fault: Fault, name: &str, names: &BTreeSet<String>) -> Fault {
    let names: Vec<_> = names.iter().cloned().collect();
    match near(name, &names).first() {
        Some(nearest) => fault.hint(format!("did you mean {nearest}?")),
        None => fault,
    }
}
