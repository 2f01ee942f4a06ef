//! A step of a plan.

use std::fmt;

use serde_json::Value;

use super::document::{Entity, EntityKind};

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

    /// The entity's current name; its new name if it does not exist yet.
    pub fn key(&self) -> &str {
        self.old.as_ref().map_or(&self.new.key, |old| &old.key)
    }
}
