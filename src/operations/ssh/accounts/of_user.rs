//! The accounts that a user may enter.

use std::collections::BTreeSet;

use crate::{
    model::{SshAccountName, SshPrincipal, Timestamp, User},
    store::{StoreError, Tx, ssh_accounts, ssh_users},
};

/// Lists the principals of a user, in order. `{username}` gives none that has a row of its own, and
/// none to users with a name of their choice: an administrator or a directory has to have given it to
/// them.
pub fn of_user(
    tx: &mut Tx<'_>,
    user: &User,
    now: Timestamp,
) -> Result<BTreeSet<SshPrincipal>, StoreError> {
    let mine = ssh_accounts::list_of_user(tx, user.id, now)?;
    let all = ssh_accounts::list(tx)?;
    let named: BTreeSet<_> = all.iter().map(|row| row.account.local()).collect();
    let is_given = user.ldap_id.is_some()
        || ssh_users::find(tx, user.id)?.username.as_ref() == Some(&user.username);
    let allows = |account: &SshAccountName| {
        !account.is_own() || (is_given && !named.contains(user.username.as_str()))
    };
    let allowed = mine.into_iter().filter(|row| allows(&row.account));
    let principals = allowed.filter_map(|row| {
        let principal = row.account.principal(&user.username)?;
        Some(SshPrincipal { principal, account: Some(row.account) })
    });
    Ok(principals.collect())
}
