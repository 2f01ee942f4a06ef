//! The passkeys of accounts. They can only be registered in the browser of their owner.

use super::{Act, Noun, Refusal, clients::ssh_client_id};
use crate::{
    model::{EventKind, Passkey, PasskeyId, PasskeyName, UserId},
    store::{StoreError, Tx, grants, passkeys},
};

/// A passkey that was removed.
#[derive(Debug)]
pub struct RemovedPasskey {
    /// The passkey before its removal.
    pub passkey: Passkey,
    /// Whether it was the last passkey of its owner.
    pub was_last: bool,
}

/// Renames a passkey of a user.
pub fn rename(
    act: &mut Act<'_, '_>,
    user_id: UserId,
    id: PasskeyId,
    name: &PasskeyName,
) -> Result<Passkey, Refusal> {
    let mut passkey = require(act, user_id, id)?;
    if passkey.name != *name {
        let mut data = passkey.audit_data();
        data.insert("newName", name.to_string());
        passkeys::rename(act, id, user_id, name)?;
        act.audit(EventKind::PasskeyRenamed, user_id, data)?;
        passkey.name = name.clone();
    }
    Ok(passkey)
}

/// Removes a passkey of a user, even the last one. Existing sessions stay signed in. SSH certificates are
/// revoked: the thief of a device may have got some.
pub fn remove(
    act: &mut Act<'_, '_>,
    user_id: UserId,
    id: PasskeyId,
) -> Result<RemovedPasskey, Refusal> {
    let passkey = require(act, user_id, id)?;
    passkeys::delete(act, id, user_id)?;
    let now = act.now();
    grants::revoke_of_client(act, user_id, &ssh_client_id(), now)?;
    act.audit(EventKind::PasskeyRemoved, user_id, passkey.audit_data())?;
    let was_last = passkeys::list_of_user(act, user_id)?.is_empty();
    if was_last {
        act.audit(EventKind::LastPasskeyRemoved, user_id, [])?;
    }
    Ok(RemovedPasskey { passkey, was_last })
}

fn require(tx: &mut Tx<'_>, user_id: UserId, id: PasskeyId) -> Result<Passkey, Refusal> {
    let found: Result<_, StoreError> = passkeys::list_of_user(tx, user_id);
    let found = found?.into_iter().find(|passkey| passkey.id == id);
    found.ok_or(Refusal::NotFound(Noun::Passkey))
}
