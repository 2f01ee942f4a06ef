//! The permissions of an API.

use std::collections::BTreeSet;

use super::{Act, Refusal, audit, names, require};
use crate::{
    model::{
        Api, ApiId, ApiName, EventKind, Permission, PermissionDescription, PermissionId, ScopeName,
    },
    operations::Change,
    store::apis,
};

/// A permission to set.
#[derive(Debug, Clone)]
pub struct PermissionDraft {
    /// The scope that stands for the permission and identifies it.
    pub key: ScopeName,
    /// The name shown to people.
    pub name: ApiName,
    /// Its description.
    pub description: PermissionDescription,
    /// Whether metadata clients may ask for it; a new permission starts at no.
    pub is_open_to_metadata_clients: Change<bool>,
}

impl PermissionDraft {
    /// Builds the permission. An existing one with the same key keeps its id.
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

/// Sets exactly these permissions of an API. Removed permissions are taken from every client; a
/// client that loses all of its permissions also loses its access, per subject type.
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

/// Adds a permission. `false` when the API has one with this key, which is left unchanged.
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

/// Removes a permission, with the same effects as [`set_permissions`]. `false` when the API has no
/// permission with this key.
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

/// Deletes permissions. A client that loses all of its permissions also loses its access: access
/// without any permission has to be granted explicitly.
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
    if key.as_str().len() > Permission::MAX_KEY {
        Err(Refusal::PermissionKeyTooLong { index, key: key.clone() })
    } else {
        Ok(())
    }
}
