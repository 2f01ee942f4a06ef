//! `pocketid client claims`

use std::str::FromStr;

use serde::Serialize;

use super::super::{
    claims::{parse_name, parse_value, split},
    column::TableColumn,
    context::Context,
    error::CliError,
    names::find_client,
    page::{Page, or_none},
    report::Outcome,
};
use crate::{
    model::{ClaimName, ClaimRule, ClaimSource, ScopeName},
    operations::clients::{self, ClaimRuleEdit},
};

const EXAMPLES: &str = "\
Examples:
  pocketid client claims grafana
  pocketid client claims grafana tenant=acme 'limits={\"disk\":10}'
  pocketid client claims grafana role=@grafana_role --scope grafana
  pocketid client claims grafana tenant=

With --scope the claims are sent when the application asks for that scope, which is shown on the
consent page; without it they are sent with openid. A value that starts with @ but is not a claim name
is written in quotes: handle='\"@alice\"'.";

/// List or change a client's own claims, beside those of its scopes
///
/// All of the changes or none. The resulting claims are printed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Claims {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    name: String,
    /// Set a claim: to a value, or to a claim of the user or a group of theirs. NAME= removes it
    #[arg(value_name = "NAME=VALUE|NAME=@USERCLAIM")]
    edits: Vec<Edit>,
    /// Scope that carries the claims that are set
    #[arg(long, requires = "edits")]
    scope: Option<ScopeName>,
    /// Ignore claims to remove that do not exist
    #[arg(long, requires = "edits")]
    if_present: bool,
}

/// One claim to set; without a source, one to remove.
#[derive(Debug, Clone)]
struct Edit {
    name: ClaimName,
    source: Option<ClaimSource>,
}

impl FromStr for Edit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = split(text)?;
        let source = |value: &str| match value.strip_prefix('@') {
            Some(of_user) => parse_name(of_user).map(ClaimSource::Mapped),
            None => parse_value(&name, value).map(ClaimSource::Fixed),
        };
        Ok(Self { source: value.map(source).transpose()?, name })
    }
}

/// The claims of a client.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct ClaimRuleList(Vec<ClaimRule>);

impl Claims {
    pub fn run(self, ctx: &Context) -> Result<ClaimRuleList, CliError> {
        let store = ctx.existing_store()?;
        if self.edits.is_empty() {
            let client = store.read_blocking(|tx| find_client(tx, &self.name))?;
            return Ok(ClaimRuleList(client.claim_rules));
        }
        let edit =
            |Edit { name, source }: Edit| ClaimRuleEdit { name, source, scope: self.scope.clone() };
        let edits: Vec<_> = self.edits.into_iter().map(edit).collect();
        let tolerates_absent = self.if_present;
        let changed = ctx.act(store, (self.name, edits), move |act, (name, edits)| {
            let client = find_client(act, name)?;
            Ok::<_, CliError>(clients::edit_claims(act, &client, edits, tolerates_absent)?)
        })?;
        if !changed.is_changed {
            ctx.report().note("Nothing was changed.");
        }
        Ok(ClaimRuleList(changed.rules))
    }
}

/// Formats the rules on one line.
pub fn summary(rules: &[ClaimRule]) -> String {
    let tell = |rule: &ClaimRule| match &rule.scope {
        None => format!("{}={}", rule.name, source(rule)),
        Some(scope) => format!("{}={} (scope {scope})", rule.name, source(rule)),
    };
    or_none(&rules.iter().map(tell).collect::<Vec<_>>())
}

/// The source in command-line syntax.
fn source(rule: &ClaimRule) -> String {
    match &rule.source {
        ClaimSource::Fixed(value) => value.to_string(),
        ClaimSource::Mapped(name) => format!("@{name}"),
    }
}

impl Outcome for ClaimRuleList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("No claims. To set one: NAME=VALUE");
        }
        let rows = self.0.iter().map(|rule| {
            let scope = rule.scope.as_ref().map_or("openid", |scope| scope.as_str());
            [rule.name.to_string(), source(rule), scope.to_owned()]
        });
        page.table(
            [
                TableColumn::whole("CLAIM"),
                TableColumn::text("VALUE"),
                TableColumn::text("SCOPE").of_importance(1),
            ],
            rows.collect(),
        );
    }
}
