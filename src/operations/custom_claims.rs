//! Custom claims of users and groups, set by administrators.

use super::{Act, Noun, Refusal};
use crate::{
    model::{
        ClaimName, ClaimOwner, ClaimValue, Concerned, CustomClaim, EventKind,
        custom_claim::fit_into_tokens,
    },
    store::{custom_claims, groups, users},
};

/// Sets one claim, or removes it when `value` is `None`.
#[derive(Debug, Clone)]
pub struct ClaimEdit {
    /// Its name.
    pub name: ClaimName,
    /// Its new value.
    pub value: Option<ClaimValue>,
}

/// The claims of an owner after a change.
#[derive(Debug)]
pub struct ClaimsChanged {
    /// All claims of the owner.
    pub claims: Vec<CustomClaim>,
    /// Whether any claim changed.
    pub is_changed: bool,
}

/// Sets and removes claims of an owner, all of them or none. A claim to remove must exist, unless
/// `tolerates_absent`.
pub fn edit(
    act: &mut Act<'_, '_>,
    owner: ClaimOwner,
    edits: &[ClaimEdit],
    tolerates_absent: bool,
) -> Result<ClaimsChanged, Refusal> {
    refuse_twice(edits.iter().map(|edit| &edit.name))?;
    let mut wanted = custom_claims::list(act, owner)?;
    for ClaimEdit { name, value } in edits {
        let place = wanted.iter().position(|claim| claim.name == *name);
        match (value.clone(), place) {
            (Some(value), Some(place)) => wanted[place].value = value,
            (Some(value), None) => wanted.push(CustomClaim { name: name.clone(), value }),
            (None, Some(place)) => drop(wanted.remove(place)),
            (None, None) if tolerates_absent => {}
            (None, None) => return Err(Refusal::NoSuchClaim(name.clone())),
        }
    }
    set(act, owner, &wanted)
}

/// Sets exactly these claims of an owner.
pub fn set(
    act: &mut Act<'_, '_>,
    owner: ClaimOwner,
    wanted: &[CustomClaim],
) -> Result<ClaimsChanged, Refusal> {
    refuse_twice(wanted.iter().map(|claim| &claim.name))?;
    let old = custom_claims::list(act, owner)?;
    let set: Vec<_> = wanted.iter().filter(|claim| !old.contains(claim)).collect();
    let removed: Vec<_> =
        old.iter().filter(|old| wanted.iter().all(|claim| claim.name != old.name)).collect();
    // The size limit is newer than some stored claims: those stay, and may be removed.
    let sizes = wanted.iter().map(|claim| (&claim.name, claim.value.as_str()));
    if !set.is_empty() && !fit_into_tokens(sizes) {
        return Err(Refusal::ClaimsTooLarge);
    }
    for claim in &removed {
        custom_claims::delete(act, owner, &claim.name)?;
    }
    for claim in &set {
        custom_claims::set(act, owner, claim)?;
    }
    let is_changed = !set.is_empty() || !removed.is_empty();
    if is_changed {
        audit(act, owner, [("set", names(&set)), ("removed", names(&removed))])?;
    }
    Ok(ClaimsChanged { claims: custom_claims::list(act, owner)?, is_changed })
}

fn names(claims: &[&CustomClaim]) -> String {
    claims.iter().map(|claim| claim.name.as_str()).collect::<Vec<_>>().join(" ")
}

/// Writes an audit entry with the names of the claims, but not their values.
fn audit(
    act: &mut Act<'_, '_>,
    owner: ClaimOwner,
    changes: [(&'static str, String); 2],
) -> Result<(), Refusal> {
    let mut data: Vec<_> = changes.into_iter().filter(|(_, names)| !names.is_empty()).collect();
    let (kind, concerned) = match owner {
        ClaimOwner::Group(id) => {
            let group = groups::find(act, id)?.ok_or(Refusal::NotFound(Noun::Group))?;
            data.push(("groupName", group.name.to_string()));
            (EventKind::GroupClaimsChanged, Concerned::from(id))
        }
        ClaimOwner::User(id) => {
            let user = users::find(act, id)?.ok_or(Refusal::NotFound(Noun::User))?;
            // Bumps `updated_at`, which tells clients to fetch the claims again.
            let now = act.now();
            users::update(act, &user, now)?;
            (EventKind::UserClaimsChanged, Concerned::from(id))
        }
    };
    Ok(act.audit(kind, concerned, data)?)
}

/// Refuses duplicate claim names, since the intended value is ambiguous.
pub(super) fn refuse_twice<'a>(names: impl Iterator<Item = &'a ClaimName>) -> Result<(), Refusal> {
    let mut names: Vec<_> = names.collect();
    names.sort();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Refusal::ClaimTwice(pair[0].clone())),
        None => Ok(()),
    }
}
