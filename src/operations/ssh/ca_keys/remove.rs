//! Removing a key of an SSH certificate authority.

use super::{Act, Refusal, SshRefusal, audit_data, require, state, trusted};
use crate::{
    model::{EventKind, SshCaKey, SshCaKeyId, SshCaState},
    store::ssh_ca_keys,
};

/// Removes a key, which revokes everything that it signed. Refused for the one that signs, unless it
/// is the only one of its kind: then none is signed any more.
pub fn remove(act: &mut Act<'_, '_>, id: SshCaKeyId) -> Result<SshCaKey, Refusal> {
    let key = require(act, id)?;
    let all = trusted(act)?;
    let others: Vec<_> =
        all.iter().filter(|other| other.kind == key.kind && other.id != id).collect();
    if !others.is_empty() && state(&all, &key) == SshCaState::Active {
        let next = others.iter().find(|other| state(&all, other) == SshCaState::Next);
        return Err(
            SshRefusal::CaKeySigns { kind: key.kind, next: next.map(|other| other.id) }.into()
        );
    }
    end(act, &key)?;
    Ok(key)
}

/// Removes a key, whatever it does.
pub(in crate::operations::ssh) fn end(
    act: &mut Act<'_, '_>,
    key: &SshCaKey,
) -> Result<(), Refusal> {
    let now = act.now();
    ssh_ca_keys::remove(act, key.id, now)?;
    Ok(act.audit(EventKind::SshCaKeyRemoved, key.id, audit_data(key))?)
}
