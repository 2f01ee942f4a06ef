//! Prints a plan.

use clap::builder::styling::AnsiColor;
use serde::Serialize;
use serde_json::Value;

use super::super::{page::Page, report::Outcome};
use crate::configuration::{PlanStep, ShownDifference, ShownStep, name_of};

/// The maximum length of a printed value, in characters.
const MAX_SHOWN: usize = 200;

/// The steps of a plan.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Printed(Vec<ShownStep>);

impl Printed {
    pub fn of(steps: &[PlanStep]) -> Self {
        Self(steps.iter().map(ShownStep::of).collect())
    }
}

impl Outcome for Printed {
    /// For a program: action, kind, name, field, old and new value, one line per change.
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("No changes.");
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
    if told.is_empty() { "order changed".to_owned() } else { told.join(" ") }
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
