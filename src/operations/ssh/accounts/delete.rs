//! Closing an account of hosts.

use super::{Act, Noun, Refusal, audit, require};
use crate::{
    model::{EventKind, SshAccount, SshAccountId},
    store::ssh_accounts,
};

/// Closes an account. Certificates that are good for it are revoked.
pub fn delete(act: &mut Act<'_, '_>, id: SshAccountId) -> Result<SshAccount, Refusal> {
    let account = require(act, id)?;
    if !ssh_accounts::delete(act, id)? {
        return Err(Refusal::NotFound(Noun::SshAccount));
    }
    audit(act, EventKind::SshAccountDeleted, &account, None)?;
    Ok(account)
}
