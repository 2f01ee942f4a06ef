//! Renames: references by name still point to the same entity after a rename.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::Value;

use super::{
    document::{
        Document, DocumentFault, DocumentFaults, Entity, EntityKind, ValueShape, once::folded,
        sorted,
    },
    step::{Action, PlanStep},
};
use crate::model::reads_as_id;

/// The fields that refer to another kind by a name that can change.
const SPEAKERS: [(EntityKind, &str, EntityKind); 6] = [
    (EntityKind::Group, "members", EntityKind::User),
    (EntityKind::Group, "membershipEnds", EntityKind::User),
    (EntityKind::Client, "allowedUserGroups", EntityKind::Group),
    (EntityKind::Client, "services", EntityKind::User),
    (EntityKind::ProtectedHost, "allowedUserGroups", EntityKind::Group),
    (EntityKind::SshAccount, "allowedUserGroups", EntityKind::Group),
];

/// The fields that can change and must be unique.
const UNIQUE: [(EntityKind, &str); 3] =
    [(EntityKind::User, "username"), (EntityKind::User, "email"), (EntityKind::Group, "name")];

/// Returns the existing entities, with the entities they refer to under their new names.
pub fn renamed<'a>(
    current: &'a Document,
    kind: EntityKind,
    steps: &[PlanStep],
) -> Cow<'a, [Entity]> {
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
            let list = list.map(|mut item| {
                // A name alone, or an object with it.
                let name = if item.is_object() { &mut item["username"] } else { &mut item };
                if let Some(new) = name.as_str().and_then(|name| names.get(name)) {
                    *name = Value::from(new.as_str());
                }
                item
            });
            *value = Value::Array(sorted(list.collect(), key_of(kind, field)));
        }
    }
    things
}

/// The field that identifies the items of a list.
fn key_of(kind: EntityKind, field: &str) -> Option<&'static str> {
    match kind.shape_of(field) {
        Some(ValueShape::Set(_, _, key)) => key,
        _ => None,
    }
}

/// Refuses names that a look-up at the terminal would mistake: a name that looks like an id, and a
/// username that equals another account's email, or vice versa.
pub fn refuse_ambiguous(current: &Document, steps: &[PlanStep], faults: &mut DocumentFaults) {
    for (kind, field) in [(EntityKind::User, "username"), (EntityKind::Group, "name")] {
        for step in set(steps, kind).filter(|step| step.changes(field)) {
            let text = step.new.text(field).unwrap_or_default();
            if reads_as_id(text) {
                let message = || format!("{text} has the form of an id, and cannot be the {field}");
                faults.add(|| {
                    DocumentFault::new(step.new.place_of(field), message())
                        .hint("commands take an id or a name: choose a name that cannot be an id")
                });
            }
        }
    }
    refuse_mixed_up(current, steps, faults);
}

/// Refuses a username that equals another account's email, or vice versa.
fn refuse_mixed_up(current: &Document, steps: &[PlanStep], faults: &mut DocumentFaults) {
    let renames = || {
        set(steps, EntityKind::User)
            .filter(|step| step.changes("username") || step.changes("email"))
    };
    if renames().next().is_none() {
        return;
    }
    let accounts = accounts(current, steps);
    let by_username: BTreeMap<_, _> =
        accounts.iter().map(|account| (account.username.as_str(), account)).collect();
    let by_email: BTreeMap<_, _> =
        accounts.iter().filter_map(|account| Some((account.email.as_deref()?, account))).collect();
    for step in renames() {
        let me = Account::of(step);
        let owner_of_email = by_email.get(me.username.as_str());
        let owner_of_username = me.email.as_deref().and_then(|email| by_username.get(email));
        for (field, other, owner) in
            [("username", "email", owner_of_email), ("email", "username", owner_of_username)]
        {
            let owner = owner.filter(|owner| owner.username != me.username);
            if let (true, Some(owner)) = (step.changes(field), owner) {
                let text = step.new.text(field).unwrap_or_default();
                let message = || format!("{text} is the {other} of the user {}", owner.username);
                faults.add(|| {
                    DocumentFault::new(step.new.place_of(field), message())
                        .hint("a sign-in name must identify one account: change one of them")
                });
            }
        }
    }
}

/// The folded username and email of an account after all steps.
struct Account {
    username: String,
    email: Option<String>,
}

impl Account {
    fn of(step: &PlanStep) -> Self {
        let text = |field| match step.new.get(field) {
            Some(_) => step.new.text(field),
            None => step.old.as_ref().and_then(|old| old.text(field)),
        };
        Self::new(text("username").unwrap_or(&step.new.key), text("email"))
    }

    fn new(username: &str, email: Option<&str>) -> Self {
        Self {
            username: folded(EntityKind::User, "username", username),
            email: email.map(|email| folded(EntityKind::User, "email", email)),
        }
    }
}

/// All accounts that exist after all steps.
fn accounts(current: &Document, steps: &[PlanStep]) -> Vec<Account> {
    let of_users = || steps.iter().filter(|step| step.kind == EntityKind::User);
    let touched: BTreeSet<_> =
        of_users().filter_map(|step| Some(step.old.as_ref()?.folded())).collect();
    let untouched =
        current.of(EntityKind::User).iter().filter(|user| !touched.contains(&user.folded()));
    let untouched = untouched.map(|user| Account::new(&user.key, user.text("email")));
    untouched.chain(set(steps, EntityKind::User).map(Account::of)).collect()
}

/// The steps that create or change entities of a kind.
fn set(steps: &[PlanStep], kind: EntityKind) -> impl Iterator<Item = &PlanStep> {
    steps.iter().filter(move |step| step.kind == kind && step.action != Action::Remove)
}

/// Refuses a unique value that an unchanged entity already has.
pub fn refuse_taken(current: &Document, steps: &[PlanStep], faults: &mut DocumentFaults) {
    for (kind, field) in UNIQUE {
        let steps = || steps.iter().filter(|step| step.kind == kind);
        let form = |thing: &Entity| thing.text(field).map(|text| folded(kind, field, text));
        // Values that a removal or a change frees.
        let gives_up = |step: &&PlanStep| step.action == Action::Remove || step.changes(field);
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
                faults.add(|| {
                    let noun = kind.noun();
                    let message = format!("{text} is the {field} of the {noun} {}", owner.key);
                    DocumentFault::new(step.new.place_of(field), message)
                        .hint("it must be unique: give the other one a new value in the file")
                });
            }
        }
    }
}
