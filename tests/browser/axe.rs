//! axe-core, the judge of accessibility that others use too, on a page as it stands.

use std::{fs, sync::OnceLock};

use serde_json::{Value, json};

use super::visitor::Visitor;
use crate::support::program::relying_party;

/// As `tests/setup.sh` installs it.
const LIBRARY: &str = "javascript/node_modules/axe-core/axe.min.js";

/// The rules of WCAG 2.2 A and AA, and best practices.
const TAGS: [&str; 7] =
    ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

/// Answers the rules that were broken, with the elements, and the number of the rules that were tried.
const RUN: &str = "
    axe.run(document, OPTIONS).then((found) => ({
        violations: found.violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, any, all, none }) =>
            `${id} (${help}): ${target} ${[...any, ...all, ...none].map(({ message }) => message).join(' ')}`)),
        rules: found.violations.length + found.passes.length + found.incomplete.length + found.inapplicable.length,
    }))";

/// The findings of axe on a page.
#[derive(serde::Deserialize)]
pub(super) struct Verdict {
    pub(super) violations: Vec<String>,
    pub(super) rules: usize,
}

/// Judges a page by all rules.
pub(super) fn judge(visitor: &Visitor) -> Verdict {
    run(visitor, &json!({ "type": "tag", "values": TAGS }))
}

/// Judges only the colours of a page.
pub(super) fn judge_colours(visitor: &Visitor) -> Verdict {
    run(visitor, &json!({ "type": "rule", "values": ["color-contrast", "link-in-text-block"] }))
}

fn run(visitor: &Visitor, rules: &Value) -> Verdict {
    if visitor.eval("typeof axe") == "undefined" {
        visitor.eval(&format!("{}; 0", library()));
    }
    let options = json!({ "runOnly": rules, "resultTypes": ["violations"] });
    let verdict = visitor.eval(&RUN.replace("OPTIONS", &options.to_string()));
    serde_json::from_value(verdict).expect("what axe found")
}

fn library() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let path = relying_party(LIBRARY);
        fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!("cannot read {}: {error}. `tests/setup.sh` installs it.", path.display())
        })
    })
}
