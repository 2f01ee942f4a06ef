//! APIs: resource servers, their permissions, and the clients that may use them.

mod access;
mod create;
mod delete;
mod metadata_access;
mod permissions;
mod update;

pub use access::{AccessDraft, grant, revoke, set_access};
pub use create::{ApiDraft, create};
pub use delete::delete;
pub use metadata_access::{add_metadata_access, remove_metadata_access, set_metadata_access};
pub use permissions::{PermissionDraft, add_permission, remove_permission, set_permissions};
pub use update::{ApiChange, update};

use super::{Act, Noun, Refusal};
use crate::{
    model::{Api, ApiId, EventKind, ScopeName},
    store::{Tx, apis},
};

/// Finds an API, or refuses with [`Refusal::NotFound`].
pub fn require(tx: &mut Tx<'_>, id: ApiId) -> Result<Api, Refusal> {
    apis::find_by_id(tx, id)?.ok_or(Refusal::NotFound(Noun::Api))
}

/// Refuses keys that are no permission of the API.
fn refuse_unknown<'a>(
    api: &Api,
    mut keys: impl Iterator<Item = &'a ScopeName>,
) -> Result<(), Refusal> {
    match keys.find(|key| api.permission(key).is_none()) {
        None => Ok(()),
        Some(key) => {
            let (resource, key) = (api.resource.clone(), key.clone());
            Err(Refusal::NoSuchPermission { resource, key })
        }
    }
}

/// Writes an audit entry about an API.
fn audit(
    act: &mut Act<'_, '_>,
    kind: EventKind,
    api: &Api,
    data: impl IntoIterator<Item = (&'static str, String)>,
) -> Result<(), Refusal> {
    let data = [("resource", api.resource.to_string())].into_iter().chain(data);
    Ok(act.audit(kind, api.id, data)?)
}

/// Formats permission keys for an audit entry.
fn names<'a>(keys: impl IntoIterator<Item = &'a ScopeName>) -> String {
    keys.into_iter().map(ScopeName::as_str).collect::<Vec<_>>().join(" ")
}
