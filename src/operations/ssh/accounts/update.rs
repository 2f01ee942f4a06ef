//! Changing the groups of an account of hosts.

use std::collections::BTreeSet;

use super::{Act, Refusal, audit, refuse_taken, replace_groups, require};
use crate::{
    model::{EventKind, GroupId, SshAccount, SshAccountId, SshAccountName},
    operations::Change,
    store::ssh_accounts,
};

/// A change of an account of hosts.
#[derive(Debug, Clone, Default)]
pub struct SshAccountChange {
    /// The account.
    pub account: Change<SshAccountName>,
    /// Whether everyone may enter it.
    pub is_for_everyone: Change<bool>,
    /// The groups whose members may enter it.
    pub groups: Change<BTreeSet<GroupId>>,
}

/// Changes an account. Certificates of users without access are revoked.
pub fn update(
    act: &mut Act<'_, '_>,
    id: SshAccountId,
    change: &SshAccountChange,
) -> Result<SshAccount, Refusal> {
    let mut account = require(act, id)?;
    let changed = [
        ("account", change.account.apply(&mut account.account)),
        ("isForEveryone", change.is_for_everyone.apply(&mut account.is_for_everyone)),
    ];
    let mut changed: Vec<_> =
        changed.into_iter().filter(|(_, is_other)| *is_other).map(|(name, _)| name).collect();
    if !changed.is_empty() {
        refuse_taken(act, id, &account.account)?;
        ssh_accounts::update(act, &account)?;
    }
    if let Change::Set(groups) = &change.groups
        && replace_groups(act, id, groups)?
    {
        changed.push("allowedUserGroups");
    }
    if !changed.is_empty() {
        audit(act, EventKind::SshAccountChanged, &account, Some(("changed", changed.join(" "))))?;
    }
    Ok(account)
}
