//! What an API allows.

use std::collections::BTreeSet;

use super::{Act, Refusal, audit, names, require};
use crate::{
    model::{
        Api, ApiId, ApiName, EventKind, Permission, PermissionDescription, PermissionId, ScopeName,
    },
    operations::Change,
    store::apis,
};

/// A permission as it is to be.
#[derive(Debug, Clone)]
pub struct PermissionDraft {
    /// The scope that stands for it, by which it is known.
    pub key: ScopeName,
    /// What people see.
    pub name: ApiName,
    /// What it allows.
    pub description: PermissionDescription,
    /// Whether clients that nobody has registered may ask for it; no, where it is new.
    pub is_open_to_metadata_clients: Change<bool>,
}

impl PermissionDraft {
    /// The permission that it becomes. One of the same key keeps its id.
    fn to_permission(&self, old: Option<&Permission>, id: PermissionId) -> Permission {
        let mut is_open = old.is_some_and(|old| old.is_open_to_metadata_clients);
        self.is_open_to_metadata_clients.apply(&mut is_open);
        Permission {
            id: old.map_or(id, |old| old.id),
            key: self.key.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            is_open_to_metadata_clients: is_open,
        }
    }
}

/// Gives an API these permissions, and no others. Those that go are taken from every client; a client that has none
/// left of those it had may not use the API any more, on the same behalf.
pub fn set_permissions(
    act: &mut Act<'_, '_>,
    id: ApiId,
    wanted: &[PermissionDraft],
) -> Result<Api, Refusal> {
    let api = require(act, id)?;
    for (index, draft) in wanted.iter().enumerate() {
        check_key(index, &draft.key)?;
        if wanted[..index].iter().any(|earlier| earlier.key == draft.key) {
            return Err(Refusal::PermissionTwice { index, key: draft.key.clone() });
        }
    }
    let is_wanted = |key: &ScopeName| wanted.iter().any(|draft| draft.key == *key);
    let removed: Vec<_> =
        api.permissions.iter().map(|one| &one.key).filter(|key| !is_wanted(key)).collect();
    delete(act, &api, &removed)?;
    let mut set = Vec::new();
    for draft in wanted {
        let old = api.permission(&draft.key);
        let permission = draft.to_permission(old, PermissionId(act.new_id()));
        match old {
            None => apis::insert_permission(act, id, &permission)?,
            Some(old) if *old == permission => continue,
            Some(_) => apis::update_permission(act, id, &permission)?,
        }
        set.push(&draft.key);
    }
    let data = [("set", names(set)), ("removed", names(removed))];
    let data: Vec<_> = data.into_iter().filter(|(_, keys)| !keys.is_empty()).collect();
    if !data.is_empty() {
        audit(act, EventKind::ApiChanged, &api, data)?;
    }
    require(act, id)
}

/// Adds a permission. `false` when the API has one of this key, which stays as it is.
pub fn add_permission(
    act: &mut Act<'_, '_>,
    id: ApiId,
    draft: &PermissionDraft,
) -> Result<bool, Refusal> {
    let api = require(act, id)?;
    check_key(0, &draft.key)?;
    if api.permission(&draft.key).is_some() {
        return Ok(false);
    }
    let permission = draft.to_permission(None, PermissionId(act.new_id()));
    apis::insert_permission(act, id, &permission)?;
    audit(act, EventKind::ApiChanged, &api, [("set", draft.key.to_string())])?;
    Ok(true)
}

/// Removes a permission, as [`set_permissions`] without it does. `false` when the API has none of this key.
pub fn remove_permission(
    act: &mut Act<'_, '_>,
    id: ApiId,
    key: &ScopeName,
) -> Result<bool, Refusal> {
    let api = require(act, id)?;
    if api.permission(key).is_none() {
        return Ok(false);
    }
    delete(act, &api, &[key])?;
    audit(act, EventKind::ApiChanged, &api, [("removed", key.to_string())])?;
    Ok(true)
}

/// A client that had permissions, and has none of them left, must not keep an access that nobody gave it as such.
fn delete(act: &mut Act<'_, '_>, api: &Api, keys: &[&ScopeName]) -> Result<(), Refusal> {
    if keys.is_empty() {
        return Ok(());
    }
    let gone: BTreeSet<&ScopeName> = keys.iter().copied().collect();
    for grant in apis::list_grants(act, api.id)? {
        let loses_all =
            !grant.permissions.is_empty() && grant.permissions.iter().all(|key| gone.contains(key));
        if loses_all {
            apis::delete_grant(act, api.id, &grant.client_id, grant.subject_type)?;
        }
    }
    for key in keys {
        apis::delete_permission(act, api.id, key)?;
    }
    Ok(())
}

fn check_key(index: usize, key: &ScopeName) -> Result<(), Refusal> {
    match key.as_str().len() > Permission::MAX_KEY {
        true => Err(Refusal::PermissionKeyTooLong { index, key: key.clone() }),
        false => Ok(()),
    }
}
