//! Prints a plan.

use clap::builder::styling::AnsiColor;
use serde::Serialize;
use serde_json::Value;

use super::super::{page::Page, report::Outcome};
use crate::configuration::{PlanStep, PlanSum, ShownDifference, ShownStep, name_of};

/// The maximum length of a printed value, in characters.
const MAX_SHOWN: usize = 200;

/// A plan: an array of its steps in JSON.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Printed {
    steps: Vec<ShownStep>,
    /// The labels of the steps, for people.
    #[serde(skip)]
    labels: Vec<String>,
    #[serde(skip)]
    sum: PlanSum,
}

impl Printed {
    pub fn of(steps: &[PlanStep]) -> Self {
        Self {
            steps: steps.iter().map(ShownStep::of).collect(),
            labels: steps.iter().map(PlanStep::label).collect(),
            sum: PlanSum::of(steps),
        }
    }
}

impl Outcome for Printed {
    fn write_text(&self, page: &mut Page) {
        if self.steps.is_empty() {
            return page.remark("No changes.");
        }
        for (step, label) in self.steps.iter().zip(&self.labels) {
            let ShownStep { action, kind, changes, .. } = step;
            let sign = match *action {
                "create" => ("+", AnsiColor::Green),
                "remove" => ("-", AnsiColor::Red),
                _ => ("~", AnsiColor::Yellow),
            };
            let line = page.hanging(&format!("{action} {kind} {label}"), 2);
            let line = format!("{} {line}", sign.0);
            page.styled_lines(sign.1.on_default(), &line);
            for ShownDifference { field, old, new } in changes {
                page.sentence(match (*action, old, new) {
                    ("create", _, new) => format!("    {field}: {}", brief(new)),
                    (_, Value::Array(old), Value::Array(new)) => {
                        format!("    {field}: {}", members(old, new))
                    }
                    (_, old, new) => format!("    {field}: {} -> {}", brief(old), brief(new)),
                });
            }
        }
    }

    fn notes(&self) -> Option<String> {
        (!self.steps.is_empty()).then(|| self.sum.to_string())
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
