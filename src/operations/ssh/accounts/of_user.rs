//! The accounts that a user may enter.

use std::collections::BTreeSet;

use crate::{
    model::{AppConfig, SshPrincipal, User, app_config::UserSignups},
    store::{StoreError, Tx, ssh_accounts},
};

/// The owners of usernames. Users with a name of their choice could take that of an account, so
/// `{username}` is worth nothing to them.
#[derive(Debug, Clone, Copy)]
pub struct UsernamePolicy {
    /// Users may change theirs (`allowOwnAccountEdit`).
    pub users_rename_themselves: bool,
    /// Users choose theirs when they sign up (`allowUserSignups`).
    pub users_sign_up: bool,
}

impl UsernamePolicy {
    /// The policy of an installation.
    pub fn of(config: &AppConfig) -> Self {
        Self {
            users_rename_themselves: config.allow_own_account_edit(),
            users_sign_up: config.allow_user_signups() != UserSignups::Disabled,
        }
    }
}

/// Lists the principals of a user, in order. `{username}` gives none that has a row of its own, and
/// none to users with a name of their choice.
pub fn of_user(
    tx: &mut Tx<'_>,
    user: &User,
    policy: UsernamePolicy,
) -> Result<BTreeSet<SshPrincipal>, StoreError> {
    let mine = ssh_accounts::list_of_user(tx, user.id)?;
    let all = ssh_accounts::list(tx)?;
    let named: BTreeSet<_> = all.iter().map(|row| row.account.local()).collect();
    // Those of a directory are chosen there.
    let chose_it =
        user.ldap_id.is_none() && (policy.users_rename_themselves || policy.users_sign_up);
    let may_be_own = !chose_it && !named.contains(user.username.as_str());
    let allowed = mine.into_iter().filter(|row| !row.account.is_own() || may_be_own);
    let principals = allowed.filter_map(|row| {
        let principal = row.account.principal(&user.username)?;
        Some(SshPrincipal { principal, account: Some(row.account) })
    });
    Ok(principals.collect())
}
