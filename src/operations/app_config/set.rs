//! Setting keys.

use super::{Act, ConfigEdit, Keeper, Refusal};
use crate::{
    crypto::{MasterKey, Secret},
    model::{Concerned, ConfigKey, EventKind, GroupId, text::TextError},
    operations::clients::ssh_client_id,
    store::{
        app_config::{self, ConfigEntry, StoredValue},
        device_codes, groups,
    },
};

/// Sets or resets keys; each key must be listed once. A value equal to the default is stored too,
/// so that it survives a new default in a later version. Returns the keys that changed.
pub fn set(
    act: &mut Act<'_, '_>,
    keeper: &Keeper,
    edits: &[ConfigEdit],
) -> Result<Vec<ConfigKey>, Refusal> {
    let master_key = keeper.master_key(edits)?;
    let stored = app_config::list(act)?;
    let mut changed = Vec::new();
    for edit in edits {
        let old = stored.iter().find(|entry| entry.key == edit.key.name());
        if set_one(act, edit, old, master_key)? {
            changed.push(edit.key);
        }
    }
    if changed.contains(&ConfigKey::SshDeviceLogin) {
        // Whoever turns it off may have seen a code that somebody sent to a user.
        device_codes::deny_open_of_client(act, &ssh_client_id())?;
    }
    Ok(changed)
}

/// Applies one edit. `false` when the key has this value already.
fn set_one(
    act: &mut Act<'_, '_>,
    edit: &ConfigEdit,
    old: Option<&ConfigEntry>,
    master_key: Option<&MasterKey>,
) -> Result<bool, Refusal> {
    let new = match &edit.value {
        None if old.is_none() => return Ok(false),
        None => {
            app_config::delete(act, edit.key)?;
            None
        }
        Some(value) => {
            let old_value = old.and_then(|entry| entry.text(master_key));
            if old_value.is_some_and(|old| old.constant_time_eq(value.expose())) {
                return Ok(false);
            }
            require_groups(act, edit.key, value)?;
            require_https(edit.key, value)?;
            let entry = ConfigEntry::new(edit.key, value, master_key, act.rng())?;
            let now = act.now();
            app_config::put(act, &entry, master_key, now)?;
            Some(entry)
        }
    };
    audit(act, edit.key, old, new.as_ref())?;
    Ok(true)
}

/// Refuses default groups for new accounts that do not exist.
fn require_groups(act: &mut Act<'_, '_>, key: ConfigKey, value: &Secret) -> Result<(), Refusal> {
    if key != ConfigKey::SignupDefaultUserGroupIds {
        return Ok(());
    }
    let ids: Vec<GroupId> =
        serde_json::from_str(value.expose()).expect("a checked value is a list of ids");
    for id in ids {
        if groups::find(act, id)?.is_none() {
            return Err(Refusal::SignupGroupUnknown(id));
        }
    }
    Ok(())
}

/// Refuses an address in the allowlist that no client can have: their ids are https addresses.
fn require_https(key: ConfigKey, value: &Secret) -> Result<(), Refusal> {
    if key != ConfigKey::CimdUrlAllowlist {
        return Ok(());
    }
    let addresses: Vec<String> =
        serde_json::from_str(value.expose()).expect("a checked value is a list of addresses");
    match addresses.iter().find(|address| address.to_ascii_lowercase().starts_with("http://")) {
        None => Ok(()),
        Some(address) => {
            let message = format!(
                "has {address:?}, which no client can have: the address of a client metadata \
                 document begins with https://"
            );
            Err(Refusal::Field { field: key.name(), error: TextError::format(message) })
        }
    }
}

/// Writes an audit entry with the values before and after, unless they are secrets.
fn audit(
    act: &mut Act<'_, '_>,
    key: ConfigKey,
    old: Option<&ConfigEntry>,
    new: Option<&ConfigEntry>,
) -> Result<(), Refusal> {
    let mut data = vec![("key", key.name().to_owned())];
    for (name, entry) in [("previousValue", old), ("value", new)] {
        if let Some(ConfigEntry { value: StoredValue::Plain(text), .. }) = entry {
            data.push((name, text.clone()));
        }
    }
    Ok(act.audit(EventKind::AppConfigChanged, Concerned::INSTALLATION, data)?)
}
