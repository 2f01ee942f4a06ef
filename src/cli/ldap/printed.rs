//! Prints the plan of a sync.

use clap::builder::styling::AnsiColor;
use serde::Serialize;

use crate::{
    cli::{page::Page, report::Outcome},
    directory::{SyncPlan, SyncStep, SyncSum},
};

/// How many steps a person sees. JSON has all of them.
const MAX_SHOWN: usize = 200;

/// A plan: an array of its steps in JSON.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct PrintedSync {
    steps: Vec<PrintedSyncStep>,
    #[serde(skip)]
    sum: SyncSum,
    #[serde(skip)]
    pictures: usize,
}

/// A step of a plan.
#[derive(Debug, Serialize)]
pub struct PrintedSyncStep {
    action: &'static str,
    kind: &'static str,
    name: String,
    details: String,
}

impl PrintedSync {
    pub fn of(plan: &SyncPlan) -> Self {
        let step = |step: &SyncStep| PrintedSyncStep {
            action: step.action(),
            kind: step.kind(),
            name: step.name().to_owned(),
            details: step.details(),
        };
        let steps = plan.steps.iter().map(step).collect();
        Self { steps, sum: SyncSum::of(&plan.steps), pictures: plan.pictures.len() }
    }
}

impl Outcome for PrintedSync {
    fn write_text(&self, page: &mut Page) {
        if self.steps.is_empty() && self.pictures == 0 {
            return page.remark("No changes.");
        }
        for PrintedSyncStep { action, kind, name, details } in self.steps.iter().take(MAX_SHOWN) {
            let (sign, color) = match *action {
                "create" | "enable" => ("+", AnsiColor::Green),
                "disable" | "delete" => ("-", AnsiColor::Red),
                _ => ("~", AnsiColor::Yellow),
            };
            let details = if details.is_empty() { String::new() } else { format!(" ({details})") };
            let line = page.hanging(&format!("{action} {kind} {name}{details}"), 2);
            page.styled_lines(color.on_default(), &format!("{sign} {line}"));
        }
        if let Some(more @ 1..) = self.steps.len().checked_sub(MAX_SHOWN) {
            page.remark(format!("… and {more} more; -o json has all of them"));
        }
    }

    fn notes(&self) -> Option<String> {
        let pictures = match self.pictures {
            0 => String::new(),
            count => format!("; {count} pictures"),
        };
        (!self.steps.is_empty() || self.pictures > 0).then(|| format!("{}{pictures}", self.sum))
    }
}
