//! Claims as they are written on the command line, for users and groups.

use std::str::FromStr;

use serde::Serialize;

use super::{
    error::CliError,
    page::{Page, or_none},
    report::Outcome,
};
use crate::{
    model::{
        AuditEvent, ClaimName, ClaimOwner, ClaimValue, CustomClaim,
        custom_claim::{MAX_CLAIM_BYTES, MAX_CLAIMS, fit_into_tokens},
        text::TextError,
    },
    store::{StoreError, Tx, audit_events, custom_claims},
};

/// The claims to set and to remove.
#[derive(Debug, clap::Args)]
pub struct Edits {
    /// Set a claim; a value that is JSON is told as such. KEY= removes it
    #[arg(value_name = "KEY=VALUE")]
    edits: Vec<Edit>,
    /// Do not mind that a claim to be removed is not there
    #[arg(long, requires = "edits")]
    if_present: bool,
}

/// One claim to set, or to remove when it has no value.
#[derive(Debug, Clone)]
struct Edit {
    name: ClaimName,
    value: Option<ClaimValue>,
}

impl FromStr for Edit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = split(text)?;
        let value = value.map(|value| parse_value(&name, value)).transpose()?;
        Ok(Self { name, value })
    }
}

/// Reads what is on both sides of the first `=`; nothing behind it is no value. What is to be removed
/// may have any name.
pub fn split(text: &str) -> Result<(ClaimName, Option<&str>), String> {
    match text.split_once('=').ok_or("it has no =")? {
        (name, "") => Ok((name.parse().map_err(in_name)?, None)),
        (name, value) => Ok((parse_name(name)?, Some(value))),
    }
}

/// Reads the value of a claim.
pub fn parse_value(name: &ClaimName, value: &str) -> Result<ClaimValue, String> {
    value.parse().map_err(|error: TextError| format!("the value of {name} {error}"))
}

/// Reads the name of a claim to be set.
pub fn parse_name(name: &str) -> Result<ClaimName, String> {
    ClaimName::from_chosen(name).map_err(|error| match error.code {
        "reserved" => {
            format!("the claim {name} is reserved: tokens have it already, or nobody may set it")
        }
        _ => in_name(error),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "it maps errors")]
fn in_name(error: TextError) -> String {
    format!("the name of a claim {error}")
}

impl Edits {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// Refuses a claim that is named twice: which one was meant?
    pub fn check(&self) -> Result<(), CliError> {
        let names: Vec<_> = self.edits.iter().map(|edit| &edit.name).collect();
        refuse_twice(&names)
    }

    /// Does all of them or none. Adds what changed to `event` and stores that; `false` when nothing
    /// changed.
    pub fn apply(
        &self,
        tx: &mut Tx<'_>,
        owner: ClaimOwner,
        event: &AuditEvent,
    ) -> Result<bool, CliError> {
        let before = custom_claims::list(tx, owner)?;
        let mut changes = Changes::default();
        for Edit { name, value } in &self.edits {
            match value {
                None if custom_claims::delete(tx, owner, name)? => {
                    changes.removed.push(name.to_string());
                }
                None if self.if_present => {}
                None => return Err(no_such_claim(name)),
                Some(value) => {
                    let claim = CustomClaim { name: name.clone(), value: value.clone() };
                    if !before.contains(&claim) {
                        custom_claims::set(tx, owner, &claim)?;
                        changes.set.push(name.to_string());
                    }
                }
            }
        }
        let after = custom_claims::list(tx, owner)?;
        let sizes = after.iter().map(|claim| (&claim.name, claim.value.as_str()));
        if !changes.set.is_empty() && !fit_into_tokens(sizes) {
            return Err(too_many());
        }
        Ok(changes.record(tx, event)?)
    }
}

/// Refuses a claim that is named twice.
pub fn refuse_twice(names: &[&ClaimName]) -> Result<(), CliError> {
    let twice = names.iter().enumerate().find(|(index, name)| names[..*index].contains(name));
    match twice {
        Some((_, name)) => Err(CliError::usage(format!("the claim {name} is given twice"))
            .hint("give each claim once; several values can be a JSON array: KEY='[\"a\",\"b\"]'")),
        None => Ok(()),
    }
}

/// The refusal to remove what is not there.
pub fn no_such_claim(name: &ClaimName) -> CliError {
    CliError::refused(format!("there is no claim {name} to remove"))
        .hint("to go on without it, add --if-present")
}

/// The refusal of more claims than one may have.
pub fn too_many() -> CliError {
    CliError::refused(format!(
        "that would be more than {MAX_CLAIMS} claims or {MAX_CLAIM_BYTES} bytes of them"
    ))
    .hint("every token has all of them; applications can look long ones up elsewhere")
}

/// The names of the claims that a command changed.
#[derive(Debug, Default)]
pub struct Changes {
    /// Those that are new, or have another value.
    pub set: Vec<String>,
    /// Those that are gone.
    pub removed: Vec<String>,
}

impl Changes {
    /// Stores the audit entry; `false` when nothing changed, and there is none. Values are not in it:
    /// only that they changed.
    pub fn record(&self, tx: &mut Tx<'_>, event: &AuditEvent) -> Result<bool, StoreError> {
        let changes = [("set", &self.set), ("removed", &self.removed)];
        let changes = changes.iter().filter(|(_, names)| !names.is_empty());
        let changes: Vec<_> = changes.map(|(what, names)| (*what, names.join(" "))).collect();
        if changes.is_empty() {
            return Ok(false);
        }
        let mut event = event.clone();
        event.data.extend(changes);
        audit_events::insert(tx, &event)?;
        Ok(true)
    }
}

/// The claims in one line.
pub fn summary(claims: &[CustomClaim]) -> String {
    let pair = |claim: &CustomClaim| format!("{}={}", claim.name, claim.value);
    or_none(&claims.iter().map(pair).collect::<Vec<_>>())
}

/// The claims that somebody has.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Listed(pub Vec<CustomClaim>);

impl Outcome for Listed {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("There are no claims. To set one: KEY=VALUE");
        }
        let rows = self.0.iter().map(|claim| [claim.name.to_string(), claim.value.to_string()]);
        page.table(["CLAIM", "VALUE"], rows.collect());
    }
}
