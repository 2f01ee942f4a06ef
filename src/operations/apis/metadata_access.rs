//! The access of metadata clients, which no administrator registered, to APIs.

use std::collections::BTreeSet;

use super::{Act, Refusal, audit, names, refuse_unknown, require};
use crate::{
    model::{Api, ApiId, EventKind, ScopeName},
    store::apis,
};

/// Stands for the client in audit entries about metadata clients.
const METADATA_CLIENTS: &str = "(metadata clients)";

/// Opens an API to metadata clients on behalf of their users, or closes it, and sets exactly these
/// permissions. The permissions are kept while the API is closed.
pub fn set_metadata_access(
    act: &mut Act<'_, '_>,
    id: ApiId,
    is_open: bool,
    keys: &BTreeSet<ScopeName>,
) -> Result<Api, Refusal> {
    let mut api = require(act, id)?;
    refuse_unknown(&api, keys.iter())?;
    let mut is_changed = api.is_open_to_metadata_clients != is_open;
    api.is_open_to_metadata_clients = is_open;
    for permission in &mut api.permissions {
        let is_chosen = keys.contains(&permission.key);
        if permission.is_open_to_metadata_clients != is_chosen {
            permission.is_open_to_metadata_clients = is_chosen;
            apis::update_permission(act, id, permission)?;
            is_changed = true;
        }
    }
    if is_changed {
        apis::open_to_metadata_clients(act, id, is_open)?;
        let kind = if is_open { EventKind::ApiGranted } else { EventKind::ApiRevoked };
        let data = [("client", METADATA_CLIENTS.to_owned()), ("permissions", names(keys))];
        audit(act, kind, &api, data)?;
    }
    Ok(api)
}

/// Opens an API to metadata clients and adds these permissions to those chosen before.
pub fn add_metadata_access(
    act: &mut Act<'_, '_>,
    id: ApiId,
    keys: &[ScopeName],
) -> Result<Api, Refusal> {
    let mut all = chosen(&require(act, id)?);
    all.extend(keys.iter().cloned());
    set_metadata_access(act, id, true, &all)
}

/// Closes an API to metadata clients and removes all their permissions. `false` when it was closed
/// already.
pub fn remove_metadata_access(act: &mut Act<'_, '_>, id: ApiId) -> Result<bool, Refusal> {
    let had_it = require(act, id)?.is_open_to_metadata_clients;
    set_metadata_access(act, id, false, &BTreeSet::new())?;
    Ok(had_it)
}

/// The permissions chosen for metadata clients.
fn chosen(api: &Api) -> BTreeSet<ScopeName> {
    let open = api.permissions.iter().filter(|one| one.is_open_to_metadata_clients);
    open.map(|one| one.key.clone()).collect()
}
