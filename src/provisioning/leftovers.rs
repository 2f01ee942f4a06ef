//! Deletes resources that the endpoint should not have.
//!
//! Pocket ID 2.14 deletes every resource whose `externalId` is none of ours. Here only those go that
//! are known to be ours: a user or a group here has the id, or we have sent it before. Resources of
//! others stay.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{ProvisioningError, listing::RemoteIndex, run::ProvisioningRun, service::ChangeAnswer};
use crate::{
    model::ProvisionedKind,
    scim::{DeletionCount, check_deletions},
    store::scim_resources,
};

/// Resources classified in one read.
const BATCH: usize = 500;

/// Whether a synchronisation may delete most of the resources at an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletionPolicy {
    /// It is intended.
    Allow,
    /// Refuse.
    RefuseMany,
}

/// The users and groups at an endpoint.
#[derive(Debug)]
pub(super) struct RemoteIndexes {
    pub(super) groups: RemoteIndex,
    pub(super) users: RemoteIndex,
}

/// A resource to delete.
struct Leftover {
    local_id: Uuid,
    remote_id: String,
}

/// Deletes resources that should not be at the endpoint. Deletes none when they are too many.
pub(super) async fn delete(
    run: &mut ProvisioningRun<'_>,
    remote: &mut RemoteIndexes,
    policy: DeletionPolicy,
) -> Result<(), ProvisioningError> {
    let users = take_leftovers(run, ProvisionedKind::User, &mut remote.users).await?;
    let groups = take_leftovers(run, ProvisionedKind::Group, &mut remote.groups).await?;
    let gone = users.len() + groups.len();
    let there = remote.users.entries.len() + remote.groups.entries.len() + gone;
    if policy == DeletionPolicy::RefuseMany {
        check_deletions(DeletionCount { there, gone })?;
    }
    delete_each(run, ProvisionedKind::Group, groups).await?;
    delete_each(run, ProvisionedKind::User, users).await
}

/// Takes the resources to delete out of the index, and those that are not ours, which are counted.
async fn take_leftovers(
    run: &mut ProvisioningRun<'_>,
    kind: ProvisionedKind,
    index: &mut RemoteIndex,
) -> Result<Vec<Leftover>, ProvisioningError> {
    let ids: Vec<_> = index.entries.keys().copied().collect();
    let mut leftovers = Vec::new();
    for ids in ids.chunks(BATCH) {
        let (scope, ids_read) = (run.scope.clone(), ids.to_vec());
        let read = run.means.store.read_apart(move |tx| {
            let wanted = match kind {
                ProvisionedKind::User => scim_resources::among_users(tx, &scope, &ids_read)?,
                ProvisionedKind::Group => {
                    let groups = scim_resources::list_groups(tx, &scope)?;
                    groups.into_iter().map(|group| group.id.0).collect()
                }
            };
            let known = scim_resources::known_among(tx, scope.provider_id, kind, &ids_read)?;
            Ok::<(BTreeSet<Uuid>, BTreeSet<Uuid>), ProvisioningError>((wanted, known))
        });
        let (wanted, known) = read.await?;
        for id in ids.iter().filter(|id| !wanted.contains(id)) {
            let Some(entry) = index.entries.remove(id) else { continue };
            if known.contains(id) {
                leftovers.push(Leftover { local_id: *id, remote_id: entry.id.into() });
            } else {
                index.foreign += 1;
            }
        }
    }
    run.count(kind).foreign = index.foreign;
    Ok(leftovers)
}

async fn delete_each(
    run: &mut ProvisioningRun<'_>,
    kind: ProvisionedKind,
    leftovers: Vec<Leftover>,
) -> Result<(), ProvisioningError> {
    let mut deleted = Vec::new();
    for Leftover { local_id, remote_id } in leftovers {
        match run.service.delete(kind, &remote_id).await? {
            ChangeAnswer::Done(_) | ChangeAnswer::Missing(_) => {
                run.count(kind).deleted += 1;
                deleted.push(local_id);
            }
            ChangeAnswer::Conflict(refused) | ChangeAnswer::Refused(refused) => {
                run.fail(kind, &local_id.to_string(), &refused)?;
            }
        }
        if deleted.len() >= BATCH {
            run.forget(kind, std::mem::take(&mut deleted)).await?;
        }
    }
    run.forget(kind, deleted).await
}

/// Forgets users and groups that were sent, and are neither here nor there any more.
pub(super) async fn forget_gone(
    run: &mut ProvisioningRun<'_>,
    remote: &RemoteIndexes,
) -> Result<(), ProvisioningError> {
    for (kind, index) in
        [(ProvisionedKind::User, &remote.users), (ProvisionedKind::Group, &remote.groups)]
    {
        let mut after = Uuid::nil();
        loop {
            let (scope, limit) = (run.scope.clone(), i64::try_from(BATCH).unwrap_or(i64::MAX));
            let read = run.means.store.read_apart(move |tx| {
                let sent = scim_resources::list_sent(tx, scope.provider_id, kind, after, limit)?;
                let wanted = match kind {
                    ProvisionedKind::User => scim_resources::among_users(tx, &scope, &sent)?,
                    ProvisionedKind::Group => {
                        let groups = scim_resources::list_groups(tx, &scope)?;
                        groups.into_iter().map(|group| group.id.0).collect()
                    }
                };
                Ok::<(Vec<Uuid>, BTreeSet<Uuid>), ProvisioningError>((sent, wanted))
            });
            let (sent, wanted) = read.await?;
            let Some(last) = sent.last() else { break };
            after = *last;
            let is_gone = |id: &&Uuid| !wanted.contains(id) && !index.entries.contains_key(id);
            let gone: Vec<_> = sent.iter().filter(is_gone).copied().collect();
            run.forget(kind, gone).await?;
        }
    }
    Ok(())
}
