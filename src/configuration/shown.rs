//! A plan as it is shown. Secrets are counted, never shown.

use serde::Serialize;
use serde_json::Value;

use super::{
    document::{EntityKind, VALUE, ValueShape, settings},
    step::{Action, Difference, PlanStep},
};
use crate::model::ConfigKey;

/// A step of a plan.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ConfigurationStep"))]
pub struct ShownStep {
    /// `create`, `change` or `remove`.
    pub action: &'static str,
    /// `api`, `client`, `group`, `protected host`, `setting`, `user` or `webhook`.
    pub kind: &'static str,
    /// The name of the entity.
    pub name: String,
    /// The fields that change.
    pub changes: Vec<ShownDifference>,
}

/// A field that changes.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ConfigurationDifference"))]
pub struct ShownDifference {
    /// The name of the field.
    pub field: &'static str,
    /// The value before.
    pub old: Value,
    /// The value after.
    pub new: Value,
}

impl ShownStep {
    /// The step as it is shown.
    pub fn of(step: &PlanStep) -> Self {
        let shown = step.differences.iter().filter(|one| {
            // The headline already has the name.
            step.action != Action::Create
                || one.field != step.kind.key_field()
                || step.kind == EntityKind::Setting
        });
        Self {
            action: match step.action {
                Action::Change => "change",
                Action::Create => "create",
                Action::Remove => "remove",
            },
            kind: step.kind.noun(),
            name: step.key().to_owned(),
            changes: shown.map(|one| ShownDifference::of(step, one)).collect(),
        }
    }
}

impl ShownDifference {
    fn of(step: &PlanStep, difference: &Difference) -> Self {
        let Difference { field, old, new } = difference;
        let show = |value: &Value| shown(step, field, value);
        let old = old.as_ref().map_or(Value::Null, show);
        let (old, new) = match (old, show(new)) {
            // Both hidden values have the same length but differ.
            (old, new) if old == new && is_hidden(step, field) => (old, "(changed)".into()),
            both => both,
        };
        Self { field, old, new }
    }
}

fn is_hidden(step: &PlanStep, field: &str) -> bool {
    let is_secret_setting = step.kind == EntityKind::Setting
        && ConfigKey::parse(step.key()).is_some_and(ConfigKey::is_secret);
    is_secret_setting
        || matches!(field, "logo" | "darkLogo")
        || matches!(step.kind.shape_of(field), Some(ValueShape::Set(ValueShape::ClientSecret, ..)))
}

fn shown(step: &PlanStep, field: &str, value: &Value) -> Value {
    match value {
        Value::Array(items) if is_hidden(step, field) => match items.len() {
            1 => "(1 secret)".into(),
            count => format!("({count} secrets)").into(),
        },
        Value::String(_) if is_hidden(step, field) => "(not shown)".into(),
        Value::String(text) if step.kind == EntityKind::Setting && field == VALUE => {
            let key = ConfigKey::parse(step.key());
            key.map_or_else(|| text.as_str().into(), |key| settings::written(key, text))
        }
        value => value.clone(),
    }
}
