//! A step of a plan.

use std::{collections::BTreeSet, fmt};

use serde_json::Value;

use super::document::{Entity, EntityKind};
use crate::model::ConfigKey;

/// The action of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Create,
    Change,
    Remove,
}

/// A step of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanStep {
    pub action: Action,
    pub kind: EntityKind,
    /// The current entity; `None` if it is new.
    pub old: Option<Entity>,
    /// The entity in the file; the current one for a removal.
    pub new: Entity,
    /// The fields that change.
    pub differences: Vec<Difference>,
}

/// A field that changes.
#[derive(Clone, PartialEq)]
pub struct Difference {
    pub field: &'static str,
    pub old: Option<Value>,
    pub new: Value,
}

/// Prints the field only: its values may be secrets.
impl fmt::Debug for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field)
    }
}

impl PlanStep {
    /// Whether the step changes a field.
    pub fn changes(&self, field: &str) -> bool {
        self.differences.iter().any(|one| one.field == field)
    }

    /// The setting that the step changes, if it is about one.
    pub fn setting(&self) -> Option<ConfigKey> {
        (self.kind == EntityKind::Setting).then(|| ConfigKey::parse(self.key())).flatten()
    }

    /// Whether the step creates or changes a user.
    pub fn sets_user(&self) -> bool {
        self.kind == EntityKind::User && self.action != Action::Remove
    }

    /// Whether the step sends events to another address.
    pub fn sends_elsewhere(&self) -> bool {
        let is_set = self.action != Action::Remove;
        self.kind == EntityKind::Webhook && is_set && self.changes("url")
    }

    /// The entity for a person: clients and APIs have a name beside their key.
    pub fn label(&self) -> String {
        let name = self.old.as_ref().unwrap_or(&self.new).text("name");
        match (self.kind, name) {
            (EntityKind::Client | EntityKind::Api, Some(name)) if name != self.key() => {
                format!("{name} ({})", self.key())
            }
            _ => self.key().to_owned(),
        }
    }

    /// The entity's current name; its new name if it does not exist yet.
    pub fn key(&self) -> &str {
        self.old.as_ref().map_or(&self.new.key, |old| &old.key)
    }
}

/// How many entries a plan adds, changes and removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanSum {
    pub added: usize,
    pub changed: usize,
    pub removed: usize,
}

impl PlanSum {
    /// Counts the steps.
    pub fn of(steps: &[PlanStep]) -> Self {
        let count = |action| steps.iter().filter(|step| step.action == action).count();
        Self {
            added: count(Action::Create),
            changed: count(Action::Change),
            removed: count(Action::Remove),
        }
    }
}

impl fmt::Display for PlanSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { added, changed, removed } = self;
        write!(f, "{added} to add, {changed} to change, {removed} to remove")
    }
}

/// How many changes a plan makes: steps, and entries that join lists or leave them, such as members
/// of a group.
pub fn count_changes(steps: &[PlanStep]) -> usize {
    let differences = steps.iter().flat_map(|step| &step.differences);
    steps.len() + differences.map(Difference::entries).sum::<usize>()
}

impl Difference {
    fn entries(&self) -> usize {
        let entries = |value: Option<&Value>| -> BTreeSet<String> {
            value.and_then(Value::as_array).into_iter().flatten().map(Value::to_string).collect()
        };
        entries(self.old.as_ref()).symmetric_difference(&entries(Some(&self.new))).count()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_that_come_and_go_are_changes_and_those_that_stay_are_none() {
        let step = |old: Value, new: Value| PlanStep {
            action: Action::Change,
            kind: EntityKind::Group,
            old: None,
            new: Entity::new(EntityKind::Group, "family"),
            differences: vec![Difference { field: "members", old: Some(old), new }],
        };
        assert_eq!(count_changes(&[]), 0);
        assert_eq!(count_changes(&[step(json!(["ann", "bob"]), json!(["bob", "eve"]))]), 3);
        assert_eq!(count_changes(&[step(json!("a"), json!("b"))]), 1);
    }
}
