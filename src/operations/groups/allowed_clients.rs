//! The clients that a group may use.

use std::collections::BTreeSet;

use super::{Act, Refusal};
use crate::{
    model::{ClientId, EventKind, Group},
    operations::provisioning,
    store::{clients, groups},
};

/// Sets exactly these clients for a group. Ignores clients that do not exist. Does not change
/// whether a client is restricted to groups.
pub fn set_clients(
    act: &mut Act<'_, '_>,
    group: &Group,
    wanted: &BTreeSet<ClientId>,
) -> Result<(), Refusal> {
    let old: BTreeSet<ClientId> = groups::list_client_ids(act, group.id)?.into_iter().collect();
    if old != *wanted {
        provisioning::note_change(act)?;
    }
    for id in old.difference(wanted) {
        clients::delete_group(act, id, group.id)?;
        audit(act, group, id, "removed")?;
    }
    for id in wanted.difference(&old) {
        if clients::find(act, id)?.is_some() {
            clients::insert_group(act, id, group.id)?;
            audit(act, group, id, "added")?;
        }
    }
    Ok(())
}

fn audit(
    act: &mut Act<'_, '_>,
    group: &Group,
    id: &ClientId,
    what: &'static str,
) -> Result<(), Refusal> {
    let client_name = clients::find(act, id)?.map(|client| client.name.to_string());
    let data = [
        ("clientName", client_name.unwrap_or_default()),
        ("groupID", group.id.to_string()),
        (what, group.name.to_string()),
    ];
    Ok(act.audit(EventKind::ClientChanged, id, data)?)
}
