//! Prints a plan. Secrets are counted, never shown.

use clap::builder::styling::AnsiColor;
use serde::Serialize;
use serde_json::Value;

use super::{
    super::{page::Page, report::Outcome},
    document::{Kind, Shape, VALUE, name_of, settings},
    step::{Action, Difference, Step},
};
use crate::model::ConfigKey;

/// The maximum length of a printed value, in characters.
const MAX_SHOWN: usize = 200;

/// The steps of a plan.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Shown(Vec<ShownStep>);

#[derive(Debug, Serialize)]
struct ShownStep {
    action: &'static str,
    kind: &'static str,
    name: String,
    changes: Vec<ShownDifference>,
}

#[derive(Debug, Serialize)]
struct ShownDifference {
    field: &'static str,
    old: Value,
    new: Value,
}

impl Shown {
    pub fn of(steps: &[Step]) -> Self {
        Self(steps.iter().map(ShownStep::of).collect())
    }
}

impl ShownStep {
    fn of(step: &Step) -> Self {
        let shown = step.differences.iter().filter(|one| {
            // The headline already has the name.
            step.action != Action::Create
                || one.field != step.kind.key_field()
                || step.kind == Kind::Setting
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
    fn of(step: &Step, difference: &Difference) -> Self {
        let Difference { field, old, new } = difference;
        let show = |value: &Value| shown(step, field, value);
        let old = old.as_ref().map_or(Value::Null, show);
        let (old, new) = match (old, show(new)) {
            // Both hidden values have the same length but differ.
            (old, new) if old == new && is_hidden(step, field) => (old, "(another one)".into()),
            both => both,
        };
        Self { field, old, new }
    }
}

fn is_hidden(step: &Step, field: &str) -> bool {
    let is_secret_setting = step.kind == Kind::Setting
        && ConfigKey::parse(step.key()).is_some_and(ConfigKey::is_secret);
    is_secret_setting
        || matches!(field, "logo" | "darkLogo")
        || matches!(step.kind.shape_of(field), Some(Shape::Set(Shape::ClientSecret, ..)))
}

fn shown(step: &Step, field: &str, value: &Value) -> Value {
    match value {
        Value::Array(items) if is_hidden(step, field) => match items.len() {
            1 => "(1 secret)".into(),
            count => format!("({count} secrets)").into(),
        },
        Value::String(_) if is_hidden(step, field) => "(not shown)".into(),
        Value::String(text) if step.kind == Kind::Setting && field == VALUE => {
            let key = ConfigKey::parse(step.key());
            key.map_or_else(|| text.as_str().into(), |key| settings::written(key, text))
        }
        value => value.clone(),
    }
}

impl Outcome for Shown {
    /// For a program: action, kind, name, field, old and new value, one line per change.
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("There is nothing to do.");
        }
        for step in &self.0 {
            let ShownStep { action, kind, name, changes } = step;
            let sign = match *action {
                "create" => ("+", AnsiColor::Green),
                "remove" => ("-", AnsiColor::Red),
                _ => ("~", AnsiColor::Yellow),
            };
            let line = format!("{} {action} {kind} {name}", sign.0);
            page.styled_line(sign.1.on_default(), &line, "");
            for ShownDifference { field, old, new } in changes {
                page.line(match (*action, old, new) {
                    ("create", _, new) => format!("    {field}: {}", brief(new)),
                    (_, Value::Array(old), Value::Array(new)) => {
                        format!("    {field}: {}", members(old, new))
                    }
                    (_, old, new) => format!("    {field}: {} -> {}", brief(old), brief(new)),
                });
            }
        }
    }
}

/// Lists the items that are added and removed.
fn members(old: &[Value], new: &[Value]) -> String {
    let key = |value: &Value| {
        let names = ["clientId", "key", "name", "issuer"];
        names.into_iter().find(|name| value.get(name).is_some())
    };
    let name = |value: &Value| name_of(value, key(value));
    let (mut told, is_in) = (Vec::new(), |list: &[Value], one: &Value| list.contains(one));
    for gone in old.iter().filter(|one| !is_in(new, one)) {
        let stays = new.iter().any(|one| name(one) == name(gone));
        told.push(if stays { format!("~{}", name(gone)) } else { format!("-{}", name(gone)) });
    }
    for come in new.iter().filter(|one| !is_in(old, one)) {
        if !old.iter().any(|one| name(one) == name(come)) {
            told.push(format!("+{}", name(come)));
        }
    }
    match told.is_empty() {
        true => "another order".to_owned(),
        false => told.join(" "),
    }
}

fn brief(value: &Value) -> String {
    let text = match value {
        Value::Null => "nothing".to_owned(),
        value => value.to_string(),
    };
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
