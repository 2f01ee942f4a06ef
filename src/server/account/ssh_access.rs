//! Changes by which users come to accounts of hosts: they want a passkey, as opening an account does. A
//! stolen session of an administrator must not get a shell by adding a member to a group.

use std::collections::BTreeSet;

use super::fresh_passkey::{AccountCaller, AccountChange};
use crate::{
    model::{ConfigKey, EmailAddress, GroupId, SshAccountName, Timestamp, UserId, Username},
    server::http::ApiError,
    store::{StoreError, Tx, app_config, groups, ssh_accounts, users},
};

/// Allows or refuses making a user a member of groups.
pub(in crate::server) fn allow_membership(
    tx: &mut Tx<'_>,
    asker: &AccountCaller,
    groups: impl IntoIterator<Item = GroupId>,
) -> Result<(), ApiError> {
    if ssh_accounts::opens_to_any(tx, groups)? {
        AccountChange::GrantSshAccess.allow(tx, asker)
    } else {
        Ok(())
    }
}

/// Whether changed settings decide who gets certificates, and for how long. Runs in the transaction that
/// changed them.
pub(in crate::server) fn is_set_by(
    tx: &mut Tx<'_>,
    changed: &[ConfigKey],
) -> Result<bool, StoreError> {
    if changed.iter().any(|key| key.is_of_ssh()) {
        return Ok(true);
    }
    let lets_in = [ConfigKey::SignupDefaultUserGroupIds, ConfigKey::AllowUserSignups];
    if !changed.iter().any(|key| lets_in.contains(key)) {
        return Ok(false);
    }
    // Neither is a secret, so no key is needed to read them.
    let (config, _) = app_config::read_entries(&app_config::list(tx)?, None);
    ssh_accounts::opens_to_any(tx, config.signup_default_groups())
}

/// The access to accounts of hosts: the accounts, and the members of their groups as sign-in knows
/// them.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::server) struct SshAccess {
    accounts: BTreeSet<(SshAccountName, Option<GroupId>)>,
    members: BTreeSet<(GroupId, UserId, Username, Option<String>, bool)>,
}

impl SshAccess {
    /// Reads it.
    pub(in crate::server) fn read(tx: &mut Tx<'_>, now: Timestamp) -> Result<Self, StoreError> {
        let (mut accounts, mut members) = (BTreeSet::new(), BTreeSet::new());
        let mut seen = BTreeSet::new();
        let email = |email: Option<EmailAddress>| email.map(|email| email.to_string());
        for row in ssh_accounts::list(tx)? {
            if row.is_for_everyone {
                accounts.insert((row.account.clone(), None));
            }
            for group in groups::list_of_ssh_account(tx, row.id)? {
                accounts.insert((row.account.clone(), Some(group.id)));
                if seen.insert(group.id) {
                    let of_group = users::list_of_group(tx, group.id, now)?.into_iter();
                    members.extend(of_group.map(|user| {
                        (group.id, user.id, user.username, email(user.email), user.disabled)
                    }));
                }
            }
        }
        Ok(Self { accounts, members })
    }

    /// Whether more accounts are open than before.
    pub(in crate::server) fn opens_more_than(&self, before: &Self) -> bool {
        !self.accounts.is_subset(&before.accounts)
    }

    /// Whether their groups have new members, or members under another name or address.
    pub(in crate::server) fn has_others_than(&self, before: &Self) -> bool {
        !self.members.is_subset(&before.members)
    }

    /// Whether an account is open to everyone, so that each user comes to it.
    pub(in crate::server) fn is_for_everyone(&self) -> bool {
        self.accounts.iter().any(|(_, group)| group.is_none())
    }
}
