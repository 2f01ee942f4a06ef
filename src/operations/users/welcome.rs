//! Groups and claims of a new account.

use std::collections::BTreeSet;

use super::{Act, Refusal};
use crate::{
    model::{ClaimOwner, CustomClaim, Group, GroupId, User},
    operations::{custom_claims, groups},
    store,
};

/// The groups and the claims of a new account.
#[derive(Debug, Clone, Default)]
pub struct Welcome {
    /// Its groups. Groups that do not exist are ignored, since the list may be old.
    pub groups: Vec<GroupId>,
    /// Its claims.
    pub claims: Vec<CustomClaim>,
}

/// Adds a new account to its groups and sets its claims. Returns its groups, sorted by name.
pub fn welcome(
    act: &mut Act<'_, '_>,
    user: &User,
    welcome: &Welcome,
) -> Result<Vec<Group>, Refusal> {
    // In the order of their ids, as everywhere.
    for id in welcome.groups.iter().collect::<BTreeSet<_>>() {
        if let Some(group) = store::groups::find(act, *id)? {
            groups::add_member(act, &group, user.id)?;
        }
    }
    if !welcome.claims.is_empty() {
        custom_claims::set(act, ClaimOwner::User(user.id), &welcome.claims)?;
    }
    let now = act.now();
    Ok(store::groups::list_of_user(act, user.id, now)?)
}
