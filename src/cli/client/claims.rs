//! `pocketid client claims`

use std::str::FromStr;

use serde::Serialize;

use super::super::{
    claims::{Changes, parse_name, parse_value, refuse_twice, split},
    context::Context,
    error::CliError,
    names::find_client,
    page::{Page, or_none},
    report::Outcome,
};
use crate::{
    model::{
        ClaimName, ClaimRule, ClaimSource, EventKind, ScopeName, custom_claim::fit_into_tokens,
    },
    operations::Refusal,
    store::clients,
};

const EXAMPLES: &str = "\
Examples:
  pocketid client claims grafana
  pocketid client claims grafana tenant=acme 'limits={\"disk\":10}'
  pocketid client claims grafana role=@grafana_role --scope grafana
  pocketid client claims grafana tenant=

With --scope the claims come when the application asks for that scope, which people see on the
consent page; without it they come with openid. A value that begins with @ but is no name of a claim
is written in quotes: handle='\"@alice\"'.";

/// List or change what a client is told of users beside what its scopes say of everybody
///
/// All of the changes or none. The claims that there are afterwards are printed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Claims {
    /// Client ID, or the name when only one client has it
    #[arg(value_name = "CLIENT")]
    name: String,
    /// Set a claim: to a value, or to a claim of the user or a group of theirs. NAME= removes it
    #[arg(value_name = "NAME=VALUE|NAME=@USERCLAIM")]
    edits: Vec<Edit>,
    /// Scope that carries the claims that are set
    #[arg(long, requires = "edits")]
    scope: Option<ScopeName>,
    /// Do not mind that a claim to be removed is not there
    #[arg(long, requires = "edits")]
    if_present: bool,
}

/// One claim to set, or to remove when it has no source.
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
pub struct Listed(Vec<ClaimRule>);

impl Claims {
    pub fn run(self, ctx: &Context) -> Result<Listed, CliError> {
        let store = ctx.existing_store()?;
        if self.edits.is_empty() {
            let client = store.read_blocking(|tx| find_client(tx, &self.name))?;
            return Ok(Listed(client.claim_rules));
        }
        refuse_twice(&self.edits.iter().map(|edit| &edit.name).collect::<Vec<_>>())?;
        let event = ctx.event(EventKind::ClientClaimsChanged, None, []);
        let (rules, is_changed) = store.write_blocking(move |tx| {
            let client = find_client(tx, &self.name)?;
            let (rules, changes) = self.apply(client.claim_rules)?;
            clients::update_claim_rules(tx, &client.id, &rules)?;
            let mut event = event.clone();
            event.data.insert("clientId", client.id.to_string());
            event.data.insert("clientName", client.name.to_string());
            let is_changed = changes.record(tx, &event)?;
            Ok::<_, CliError>((rules, is_changed))
        })?;
        if !is_changed {
            ctx.report().note("Nothing was changed.");
        }
        Ok(Listed(rules))
    }

    /// The rules after the edits, and what these changed.
    fn apply(&self, mut rules: Vec<ClaimRule>) -> Result<(Vec<ClaimRule>, Changes), CliError> {
        let mut changes = Changes::default();
        for Edit { name, source } in &self.edits {
            let found = rules.iter().position(|rule| rule.name == *name);
            let rule = source.clone().map(|source| ClaimRule {
                name: name.clone(),
                source,
                scope: self.scope.clone(),
            });
            match (rule, found) {
                (Some(rule), Some(index)) if rules[index] == rule => {}
                (Some(rule), found) => {
                    match found {
                        Some(index) => rules[index] = rule,
                        None => rules.push(rule),
                    }
                    changes.set.push(name.to_string());
                }
                (None, Some(index)) => {
                    rules.remove(index);
                    changes.removed.push(name.to_string());
                }
                (None, None) if self.if_present => {}
                (None, None) => return Err(Refusal::NoSuchClaim(name.clone()).into()),
            }
        }
        rules.sort_by(|one, other| one.name.cmp(&other.name));
        let sizes = rules.iter().map(|rule| match &rule.source {
            ClaimSource::Fixed(value) => (&rule.name, value.as_str()),
            ClaimSource::Mapped(_) => (&rule.name, ""),
        });
        match !changes.set.is_empty() && !fit_into_tokens(sizes) {
            true => Err(Refusal::ClaimsTooLarge.into()),
            false => Ok((rules, changes)),
        }
    }
}

/// The rules in one line.
pub fn summary(rules: &[ClaimRule]) -> String {
    let tell = |rule: &ClaimRule| match &rule.scope {
        None => format!("{}={}", rule.name, source(rule)),
        Some(scope) => format!("{}={} (scope {scope})", rule.name, source(rule)),
    };
    or_none(&rules.iter().map(tell).collect::<Vec<_>>())
}

/// As it is written on the command line.
fn source(rule: &ClaimRule) -> String {
    match &rule.source {
        ClaimSource::Fixed(value) => value.to_string(),
        ClaimSource::Mapped(name) => format!("@{name}"),
    }
}

impl Outcome for Listed {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("There are no claims. To set one: NAME=VALUE");
        }
        let rows = self.0.iter().map(|rule| {
            let scope = rule.scope.as_ref().map_or("openid", |scope| scope.as_str());
            [rule.name.to_string(), source(rule), scope.to_owned()]
        });
        page.table(["CLAIM", "VALUE", "SCOPE"], rows.collect());
    }
}
