//! Opening an account of hosts to groups.

use std::collections::BTreeSet;

use super::{Act, Refusal, SshRefusal, audit, refuse_taken, replace_groups};
use crate::{
    model::{EventKind, GroupId, SshAccount, SshAccountId, SshAccountName},
    store::ssh_accounts,
};

/// The most accounts of an installation. Each of a user's is a line in their certificate.
pub const MAX_SSH_ACCOUNTS: i64 = 1_000;

/// An account to open.
#[derive(Debug, Clone)]
pub struct SshAccountDraft {
    /// The account.
    pub account: SshAccountName,
    /// Whether everyone may enter it.
    pub is_for_everyone: bool,
    /// The groups whose members may enter it.
    pub groups: BTreeSet<GroupId>,
}

/// Opens an account. Without groups it is closed, unless it is for everyone. Refused when the
/// account has a row already, and beyond [`MAX_SSH_ACCOUNTS`].
pub fn create(act: &mut Act<'_, '_>, draft: &SshAccountDraft) -> Result<SshAccount, Refusal> {
    let id = SshAccountId(act.new_id());
    refuse_taken(act, id, &draft.account)?;
    if ssh_accounts::count(act)? >= MAX_SSH_ACCOUNTS {
        return Err(SshRefusal::TooManyAccounts.into());
    }
    let account = SshAccount {
        id,
        account: draft.account.clone(),
        is_for_everyone: draft.is_for_everyone,
        created_at: act.now(),
    };
    ssh_accounts::insert(act, &account)?;
    replace_groups(act, id, &draft.groups)?;
    audit(act, EventKind::SshAccountCreated, &account, None)?;
    Ok(account)
}
