//! Custom claims on the command line, for users and groups.

use std::str::FromStr;

use serde::Serialize;

use super::{
    column::TableColumn,
    error::CliError,
    page::{Page, or_none},
    report::Outcome,
};
use crate::{
    model::{ClaimName, ClaimOwner, ClaimValue, CustomClaim, text::TextError},
    operations::{
        Act,
        custom_claims::{self, ClaimEdit, ClaimsChanged},
    },
};

/// The claims to set and to remove.
#[derive(Debug, clap::Args)]
pub struct Edits {
    /// Set a claim; a value in JSON goes into tokens as JSON. KEY= removes it
    #[arg(value_name = "KEY=VALUE")]
    edits: Vec<Edit>,
    /// Ignore claims to remove that do not exist
    #[arg(long, requires = "edits")]
    if_present: bool,
}

/// One claim to set or to remove.
#[derive(Debug, Clone)]
struct Edit(ClaimEdit);

impl FromStr for Edit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = split(text)?;
        let value = value.map(|value| parse_value(&name, value)).transpose()?;
        Ok(Self(ClaimEdit { name, value }))
    }
}

/// Splits at the first `=`. An empty value means removal, and then any name is accepted.
pub fn split(text: &str) -> Result<(ClaimName, Option<&str>), String> {
    match text.split_once('=').ok_or("it does not contain =")? {
        (name, "") => Ok((name.parse().map_err(in_name)?, None)),
        (name, value) => Ok((parse_name(name)?, Some(value))),
    }
}

/// Parses the value of a claim.
pub fn parse_value(name: &ClaimName, value: &str) -> Result<ClaimValue, String> {
    value.parse().map_err(|error: TextError| format!("the value of {name} {error}"))
}

/// Parses the name of a claim to set.
pub fn parse_name(name: &str) -> Result<ClaimName, String> {
    ClaimName::from_chosen(name).map_err(|error| match error.code {
        "reserved" => {
            format!("the claim {name} is reserved")
        }
        _ => in_name(error),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "it maps errors")]
fn in_name(error: TextError) -> String {
    format!("the name of a claim {error}")
}

impl Edits {
    /// Whether there are no edits.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// Applies all edits or none.
    pub fn apply(
        &self,
        act: &mut Act<'_, '_>,
        owner: ClaimOwner,
    ) -> Result<ClaimsChanged, CliError> {
        let edits: Vec<_> = self.edits.iter().map(|edit| edit.0.clone()).collect();
        Ok(custom_claims::edit(act, owner, &edits, self.if_present)?)
    }
}

/// Formats the claims on one line.
pub fn summary(claims: &[CustomClaim]) -> String {
    let pair = |claim: &CustomClaim| format!("{}={}", claim.name, claim.value);
    or_none(&claims.iter().map(pair).collect::<Vec<_>>())
}

/// The claims of a user or group.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct ClaimList(pub Vec<CustomClaim>);

impl Outcome for ClaimList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("No claims. To set one: KEY=VALUE");
        }
        let rows = self.0.iter().map(|claim| [claim.name.to_string(), claim.value.to_string()]);
        page.table([TableColumn::whole("CLAIM"), TableColumn::text("VALUE")], rows.collect());
    }
}
