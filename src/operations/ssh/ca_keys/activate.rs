//! Letting a key of an SSH certificate authority sign.

use super::{Act, Refusal, SshRefusal, audit_data, require};
use crate::{
    model::{EventKind, SshCaKey, SshCaKeyId},
    store::ssh_ca_keys,
};

/// Lets a key sign from now on. The one that signed before stays trusted, but its private key is deleted. Refused
/// for a key without its private key.
pub fn activate(act: &mut Act<'_, '_>, id: SshCaKeyId) -> Result<SshCaKey, Refusal> {
    let key = require(act, id)?;
    if key.retired_at.is_some() {
        return Err(SshRefusal::CaKeyRetired(key.kind).into());
    }
    if key.sealed_pkcs8.is_none() {
        return Err(SshRefusal::CaKeyUnreadable(key.kind).into());
    }
    let now = act.now();
    ssh_ca_keys::activate(act, &key, now)?;
    act.audit(EventKind::SshCaKeyActivated, id, audit_data(&key))?;
    Ok(SshCaKey { activated_at: Some(now), ..key })
}
