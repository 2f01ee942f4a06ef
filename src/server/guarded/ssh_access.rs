//! Changes by which users come to accounts of hosts: they want a passkey, as opening an account does. A
//! stolen session of an administrator must not get a shell by adding a member to a group.

use std::collections::{BTreeMap, BTreeSet};

use super::{Asker, GuardedChange};
use crate::{
    model::{
        Client, ConfigKey, EmailAddress, GroupId, SshAccountName, Timestamp, User, UserId, Username,
    },
    operations::{Act, ssh},
    server::http::ApiError,
    store::{StoreError, Tx, app_config, clients, groups, memberships, ssh_accounts, users},
};

/// Allows or refuses making a user a member of groups.
pub(in crate::server) fn allow_membership(
    tx: &mut Tx<'_>,
    asker: &Asker,
    groups: impl IntoIterator<Item = GroupId>,
) -> Result<(), ApiError> {
    if ssh_accounts::opens_to_any(tx, groups)? {
        GuardedChange::GrantSshAccess.allow(tx, asker)
    } else {
        Ok(())
    }
}

/// Allows or refuses letting somebody in who has no account yet, as a member of groups.
pub(in crate::server) fn allow_newcomer(
    tx: &mut Tx<'_>,
    asker: &Asker,
    groups: impl IntoIterator<Item = GroupId>,
) -> Result<(), ApiError> {
    if ssh_accounts::opens_to_everyone(tx)? {
        GuardedChange::GrantSshAccess.allow(tx, asker)
    } else {
        allow_membership(tx, asker, groups)
    }
}

/// Notes the username that an administrator gave a user, who signed in with their passkey a moment ago: `{username}` is
/// good for it. A stolen session must not give a name that opens an account later; the user waits for a confirmation.
pub(in crate::server) fn note_given_name(
    act: &mut Act<'_, '_>,
    asker: &Asker,
    user: &User,
) -> Result<(), StoreError> {
    if asker.has_just_signed_in() { ssh::users::note_given_name(act, user) } else { Ok(()) }
}

/// Allows or refuses deleting a client. When SSH is turned on again, the client `pocketid-ssh` is made anew, and is open
/// to everyone.
pub(in crate::server) fn allow_deletion(
    tx: &mut Tx<'_>,
    asker: &Asker,
    client: &Client,
) -> Result<(), ApiError> {
    if client.id == ssh::client_id() && client.is_group_restricted {
        GuardedChange::GrantSshAccess.allow_no_program(tx, asker)
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
    Ok(ssh_accounts::opens_to_everyone(tx)?
        || ssh_accounts::opens_to_any(tx, config.signup_default_groups())?)
}

/// The groups whose members get certificates with the client `pocketid-ssh`; `None`: everyone does.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::server) struct SshGate(Option<BTreeSet<GroupId>>);

impl SshGate {
    /// Reads it. The client is open to everyone when it is made anew.
    pub(in crate::server) fn read(tx: &mut Tx<'_>) -> Result<Self, StoreError> {
        match clients::find(tx, &ssh::client_id())? {
            Some(client) if client.is_group_restricted => {
                let groups = groups::list_of_client(tx, &client.id)?;
                Ok(Self(Some(groups.iter().map(|group| group.id).collect())))
            }
            _ => Ok(Self(None)),
        }
    }

    /// Allows or refuses a change of the client or of its groups, which was made in this transaction. `self` is from
    /// before it.
    pub(in crate::server) fn allow_change(
        &self,
        tx: &mut Tx<'_>,
        asker: &Asker,
    ) -> Result<(), ApiError> {
        if Self::read(tx)?.admits_more_than(self) {
            GuardedChange::GrantSshAccess.allow_no_program(tx, asker)
        } else {
            Ok(())
        }
    }

    fn admits_more_than(&self, before: &Self) -> bool {
        match (&self.0, &before.0) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(now), Some(before)) => !now.is_subset(before),
        }
    }
}

/// The access to accounts of hosts: the gate, the accounts, and the members of the groups of both.
#[derive(Debug)]
pub(in crate::server) struct SshAccess {
    gate: SshGate,
    accounts: BTreeSet<(SshAccountName, Option<GroupId>)>,
    /// The names with a row of their own, which `{username}` gives to nobody.
    named: BTreeSet<String>,
    gives_names: bool,
    members: BTreeMap<(GroupId, UserId), SshMember>,
}

/// A member as sign-in knows it.
#[derive(Debug)]
struct SshMember {
    username: Username,
    email: Option<EmailAddress>,
    disabled: bool,
    /// When the membership ends.
    until: Option<Timestamp>,
}

impl SshMember {
    fn new(user: User, until: Option<Timestamp>) -> Self {
        let User { username, email, disabled, .. } = user;
        Self { username, email, disabled, until }
    }

    /// Whether it is known under another name or address, or for longer.
    fn differs_from(&self, before: &Self) -> bool {
        let is_longer = match (self.until, before.until) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(now), Some(before)) => now > before,
        };
        is_longer
            || self.username != before.username
            || self.email != before.email
            || self.disabled != before.disabled
    }
}

impl SshAccess {
    /// Reads it.
    pub(in crate::server) fn read(tx: &mut Tx<'_>, now: Timestamp) -> Result<Self, StoreError> {
        let gate = SshGate::read(tx)?;
        let mut accounts = BTreeSet::new();
        let (mut named, mut gives_names) = (BTreeSet::new(), false);
        let mut of_groups = gate.0.clone().unwrap_or_default();
        for row in ssh_accounts::list(tx)? {
            named.insert(row.account.local().to_owned());
            gives_names |= row.account.is_own();
            if row.is_for_everyone {
                accounts.insert((row.account.clone(), None));
            }
            for group in groups::list_of_ssh_account(tx, row.id)? {
                accounts.insert((row.account.clone(), Some(group.id)));
                of_groups.insert(group.id);
            }
        }
        let mut members = BTreeMap::new();
        for group in of_groups {
            let ends = memberships::ends_of_group(tx, group, now)?;
            for user in users::list_of_group(tx, group, now)? {
                let (id, until) = (user.id, ends.get(&user.id).copied());
                members.insert((group, id), SshMember::new(user, until));
            }
        }
        Ok(Self { gate, accounts, named, gives_names, members })
    }

    /// Whether more accounts are open than before, also by a name that is free now, or certificates to more groups.
    pub(in crate::server) fn opens_more_than(&self, before: &Self) -> bool {
        self.gate.admits_more_than(&before.gate)
            || !self.accounts.is_subset(&before.accounts)
            || (self.gives_names && !before.named.is_subset(&self.named))
    }

    /// Whether their groups have new members, members under another name or address, or members for longer.
    pub(in crate::server) fn has_others_than(&self, before: &Self) -> bool {
        self.members.iter().any(|(id, member)| {
            before.members.get(id).is_none_or(|before| member.differs_from(before))
        })
    }

    /// Whether an account is open to everyone, so that each user comes to it.
    pub(in crate::server) fn is_for_everyone(&self) -> bool {
        self.accounts.iter().any(|(_, group)| group.is_none())
    }
}
