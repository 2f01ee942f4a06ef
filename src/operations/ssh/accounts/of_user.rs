//! The accounts that a user may enter.

use std::collections::BTreeSet;

use crate::{
    model::{SshPrincipal, Timestamp, User, UserId, Username},
    store::{StoreError, Tx, ssh_accounts, ssh_users},
};

/// The principals that a user may have.
#[derive(Debug, Clone, Default)]
pub struct SshReach {
    /// Those of accounts.
    pub by_rows: BTreeSet<SshPrincipal>,
    /// Those of `{username}`: good for a name that an administrator or a directory gave.
    pub by_name: BTreeSet<SshPrincipal>,
}

impl SshReach {
    /// All of them.
    pub fn all(&self) -> BTreeSet<SshPrincipal> {
        self.by_rows.union(&self.by_name).cloned().collect()
    }
}

/// The names that have a row of their own, on any host.
pub fn names(tx: &mut Tx<'_>) -> Result<BTreeSet<String>, StoreError> {
    let all = ssh_accounts::list(tx)?;
    Ok(all.iter().map(|row| row.account.local().to_owned()).collect())
}

/// The principals of a user, whether or not they are confirmed. `{username}` gives none that has a row of
/// its own, which [`names`] lists.
pub fn reach(
    tx: &mut Tx<'_>,
    user_id: UserId,
    username: &Username,
    named: &BTreeSet<String>,
    now: Timestamp,
) -> Result<SshReach, StoreError> {
    let mut reach = SshReach::default();
    for row in ssh_accounts::list_of_user(tx, user_id, now)? {
        let is_own = row.account.is_own();
        if is_own && named.contains(username.as_str()) {
            continue;
        }
        let Some(principal) = row.account.principal(username) else { continue };
        let principal = SshPrincipal { principal, account: Some(row.account) };
        if is_own {
            reach.by_name.insert(principal)
        } else {
            reach.by_rows.insert(principal)
        };
    }
    Ok(reach)
}

/// Lists the principals of a user, in order. `{username}` gives none to users with a name of their choice:
/// an administrator or a directory has to have given it to them.
pub fn of_user(
    tx: &mut Tx<'_>,
    user: &User,
    now: Timestamp,
) -> Result<BTreeSet<SshPrincipal>, StoreError> {
    let named = names(tx)?;
    let reach = reach(tx, user.id, &user.username, &named, now)?;
    let is_given = ssh_users::find(tx, user.id)?.username.as_ref() == Some(&user.username);
    Ok(if is_given { reach.all() } else { reach.by_rows })
}
