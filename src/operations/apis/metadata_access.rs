//! Whether clients that nobody has registered may use an API.

use std::collections::BTreeSet;

use super::{Act, Refusal, audit, names, refuse_unknown, require};
use crate::{
    model::{Api, ApiId, EventKind, ScopeName},
    store::apis,
};

/// Whom the audit log names in the place of a client.
const METADATA_CLIENTS: &str = "(metadata clients)";

/// Lets clients that nobody has registered use an API for their users, or no longer, with these permissions and no
/// others. The choice of permissions is kept while they may not.
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

/// Lets them use an API, with these permissions beside those that they have.
pub fn add_metadata_access(
    act: &mut Act<'_, '_>,
    id: ApiId,
    keys: &[ScopeName],
) -> Result<Api, Refusal> {
    let mut all = chosen(&require(act, id)?);
    all.extend(keys.iter().cloned());
    set_metadata_access(act, id, true, &all)
}

/// Takes an API from them, with all permissions. `false` when they might not use it.
pub fn remove_metadata_access(act: &mut Act<'_, '_>, id: ApiId) -> Result<bool, Refusal> {
    let had_it = require(act, id)?.is_open_to_metadata_clients;
    set_metadata_access(act, id, false, &BTreeSet::new())?;
    Ok(had_it)
}

/// The permissions that are chosen for them.
fn chosen(api: &Api) -> BTreeSet<ScopeName> {
    let open = api.permissions.iter().filter(|one| one.is_open_to_metadata_clients);
    open.map(|one| one.key.clone()).collect()
}
