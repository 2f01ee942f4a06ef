//! The claim rules of a client: claims about users that it gets beside those of its scopes.

use super::{Act, Refusal, audit};
use crate::{
    model::{
        ClaimName, ClaimRule, ClaimSource, Client, EventKind, ScopeName,
        custom_claim::fit_into_tokens,
    },
    operations::custom_claims::refuse_twice,
    store::clients,
};

/// Sets one claim, or removes it when `source` is `None`.
#[derive(Debug, Clone)]
pub struct ClaimRuleEdit {
    /// Its name.
    pub name: ClaimName,
    /// The source of its value.
    pub source: Option<ClaimSource>,
    /// The scope that requests it; `openid` when absent.
    pub scope: Option<ScopeName>,
}

/// The claim rules of a client after a change.
#[derive(Debug)]
pub struct ClaimRulesChanged {
    /// All rules of the client, by name.
    pub rules: Vec<ClaimRule>,
    /// Whether any rule changed.
    pub is_changed: bool,
}

/// Sets and removes claims of a client, all of them or none. A claim to remove must exist, unless
/// `tolerates_absent`.
pub fn edit_claims(
    act: &mut Act<'_, '_>,
    client: &Client,
    edits: &[ClaimRuleEdit],
    tolerates_absent: bool,
) -> Result<ClaimRulesChanged, Refusal> {
    refuse_twice(edits.iter().map(|edit| &edit.name))?;
    let mut wanted = client.claim_rules.clone();
    for ClaimRuleEdit { name, source, scope } in edits {
        let place = wanted.iter().position(|rule| rule.name == *name);
        let rule = source.clone().map(|source| {
            let (name, scope) = (name.clone(), scope.clone());
            ClaimRule { name, source, scope }
        });
        match (rule, place) {
            (Some(rule), Some(place)) => wanted[place] = rule,
            (Some(rule), None) => wanted.push(rule),
            (None, Some(place)) => drop(wanted.remove(place)),
            (None, None) if tolerates_absent => {}
            (None, None) => return Err(Refusal::NoSuchClaim(name.clone())),
        }
    }
    set_claims(act, client, &wanted)
}

/// Sets exactly these claim rules of a client.
pub fn set_claims(
    act: &mut Act<'_, '_>,
    client: &Client,
    wanted: &[ClaimRule],
) -> Result<ClaimRulesChanged, Refusal> {
    refuse_twice(wanted.iter().map(|rule| &rule.name))?;
    let old = &client.claim_rules;
    let mut rules = wanted.to_vec();
    rules.sort_by(|one, other| one.name.cmp(&other.name));
    let set: Vec<_> = rules.iter().filter(|rule| !old.contains(rule)).collect();
    let removed: Vec<_> =
        old.iter().filter(|old| rules.iter().all(|rule| rule.name != old.name)).collect();
    // The size limit is newer than some stored claims: those stay, and may be removed.
    if !set.is_empty() {
        refuse_too_many(&rules)?;
    }
    let names =
        |rules: &[&ClaimRule]| rules.iter().map(|r| r.name.as_str()).collect::<Vec<_>>().join(" ");
    let data = [("set", names(&set)), ("removed", names(&removed))];
    let is_changed = !set.is_empty() || !removed.is_empty();
    if is_changed {
        clients::update_claim_rules(act, &client.id, &rules)?;
        // The audit entry names the claims but not their values.
        let data = data.into_iter().filter(|(_, names)| !names.is_empty());
        audit(act, EventKind::ClientClaimsChanged, client, data)?;
    }
    Ok(ClaimRulesChanged { rules, is_changed })
}

/// Refuses duplicate claims, and more claims than fit into a token.
pub(super) fn refuse_too_many(rules: &[ClaimRule]) -> Result<(), Refusal> {
    refuse_twice(rules.iter().map(|rule| &rule.name))?;
    let sizes = rules.iter().map(|rule| match &rule.source {
        ClaimSource::Fixed(value) => (&rule.name, value.as_str()),
        ClaimSource::Mapped(_) => (&rule.name, ""),
    });
    if fit_into_tokens(sizes) { Ok(()) } else { Err(Refusal::ClaimsTooLarge) }
}
