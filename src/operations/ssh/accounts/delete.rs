//! Closing an account of hosts.

use super::{Act, Noun, Refusal, audit, require};
use crate::{
    model::{EventKind, SshAccount, SshAccountId},
    store::{StoreError, Tx, ssh_accounts},
};

/// Whether deleting an account may open one: without a row, its name is good for `{username}` again.
pub fn frees_name(tx: &mut Tx<'_>, account: &SshAccount) -> Result<bool, StoreError> {
    let is_given_by_name = |row: &SshAccount| row.account.is_own();
    Ok(!is_given_by_name(account) && ssh_accounts::list(tx)?.iter().any(is_given_by_name))
}

/// Closes an account. Certificates that are good for it are revoked.
pub fn delete(act: &mut Act<'_, '_>, id: SshAccountId) -> Result<SshAccount, Refusal> {
    let account = require(act, id)?;
    if !ssh_accounts::delete(act, id)? {
        return Err(Refusal::NotFound(Noun::SshAccount));
    }
    audit(act, EventKind::SshAccountDeleted, &account, None)?;
    Ok(account)
}
