//! Deletes resources that the endpoint should not have.
//!
//! Pocket ID 2.14 deletes every resource whose `externalId` is none of ours. Here only those go that
//! are known to be ours: a user or a group here has the id, or we have sent it before. Resources of
//! others stay. Those that were taken over are deactivated: their contents were not ours.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    ProvisioningError,
    error::RefusedRequest,
    listing::RemoteIndex,
    run::ProvisioningRun,
    service::{ChangeAnswer, LookUpAnswer},
};
use crate::{
    crypto::Digest,
    model::ProvisionedKind,
    scim::{DeletionCount, check_deletions, deactivated},
    store::scim_resources::{self, SentResource},
};

/// Resources classified in one read.
const BATCH: usize = 500;

/// Stands for the last version of an adopted resource that was deactivated, in the place of its digest.
const DEACTIVATED: &str = "deactivated";

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
    /// Whether it was adopted, and is only deactivated.
    is_adopted: bool,
    /// Whether the list of the endpoint has it.
    is_listed: bool,
}

/// The resources of a kind that the endpoint should not have.
#[derive(Default)]
struct Leftovers {
    found: Vec<Leftover>,
    /// The resources that were sent, and that the list of the endpoint lacks, but should have.
    unlisted: usize,
}

/// The outcome of a resource that should go.
enum Removal {
    Deactivated,
    Deleted,
    /// It was gone, or is not ours any more.
    Gone,
    Refused(RefusedRequest),
    Unreadable,
}

/// Deletes resources that should not be at the endpoint. Deletes none when they are too many.
pub(super) async fn delete(
    run: &mut ProvisioningRun<'_>,
    remote: &mut RemoteIndexes,
) -> Result<(), ProvisioningError> {
    let users = leftovers(run, ProvisionedKind::User, &mut remote.users).await?;
    let groups = leftovers(run, ProvisionedKind::Group, &mut remote.groups).await?;
    let gone = users.found.len() + groups.found.len();
    let stay = remote.users.entries.len() + remote.groups.entries.len();
    let there = stay + users.unlisted + groups.unlisted + gone;
    if !run.policy.allow_deletions {
        check_deletions(DeletionCount { there, gone })?;
    }
    delete_each(run, ProvisionedKind::Group, groups.found).await?;
    delete_each(run, ProvisionedKind::User, users.found).await?;
    run.store_noted().await
}

async fn leftovers(
    run: &mut ProvisioningRun<'_>,
    kind: ProvisionedKind,
    index: &mut RemoteIndex,
) -> Result<Leftovers, ProvisioningError> {
    let mut leftovers = unlisted(run, kind, index).await?;
    take_listed(run, kind, index, &mut leftovers.found).await?;
    run.count(kind).foreign = index.foreign;
    Ok(leftovers)
}

/// Finds resources that were sent and that the list of the endpoint lacks: pages shift while they are read.
async fn unlisted(
    run: &ProvisioningRun<'_>,
    kind: ProvisionedKind,
    index: &RemoteIndex,
) -> Result<Leftovers, ProvisioningError> {
    let mut leftovers = Leftovers::default();
    let mut after = Uuid::nil();
    loop {
        let (scope, limit) = (run.scope_now(), i64::try_from(BATCH).unwrap_or(i64::MAX));
        let read = run.means.store.read_apart(move |tx| {
            let sent = scim_resources::list_sent(tx, scope.provider_id, kind, after, limit)?;
            let ids: Vec<_> = sent.iter().map(|sent| sent.local_id).collect();
            let wanted = scim_resources::wanted_among(tx, &scope, kind, &ids)?;
            Ok::<(Vec<SentResource>, BTreeSet<Uuid>), ProvisioningError>((sent, wanted))
        });
        let (sent, wanted) = read.await?;
        let Some(last) = sent.last() else { return Ok(leftovers) };
        after = last.local_id;
        for sent in sent.into_iter().filter(|sent| !index.entries.contains_key(&sent.local_id)) {
            if wanted.contains(&sent.local_id) {
                leftovers.unlisted += 1;
            } else if !is_deactivated(&sent) {
                leftovers.found.push(Leftover {
                    local_id: sent.local_id,
                    remote_id: sent.remote_id,
                    is_adopted: sent.is_adopted,
                    is_listed: false,
                });
            }
        }
    }
}

/// Takes the resources to delete out of the index, and those that are not ours, which are counted.
async fn take_listed(
    run: &ProvisioningRun<'_>,
    kind: ProvisionedKind,
    index: &mut RemoteIndex,
    leftovers: &mut Vec<Leftover>,
) -> Result<(), ProvisioningError> {
    let ids: Vec<_> = index.entries.keys().copied().collect();
    for ids in ids.chunks(BATCH) {
        let (scope, ids_read) = (run.scope_now(), ids.to_vec());
        let read = run.means.store.read_apart(move |tx| {
            let wanted = scim_resources::wanted_among(tx, &scope, kind, &ids_read)?;
            let known = scim_resources::known_among(tx, scope.provider_id, kind, &ids_read)?;
            let mut sent = BTreeMap::new();
            for id in known.difference(&wanted) {
                sent.insert(*id, scim_resources::find(tx, scope.provider_id, kind, *id)?);
            }
            Ok::<_, ProvisioningError>((wanted, sent))
        });
        let (wanted, mut known) = read.await?;
        for id in ids.iter().filter(|id| !wanted.contains(id)) {
            let Some(entry) = index.entries.remove(id) else { continue };
            let sent = known.remove(id).map(|sent| sent.filter(|one| one.remote_id == *entry.id));
            match sent {
                Some(sent) if !sent.as_ref().is_some_and(is_deactivated) => {
                    leftovers.push(Leftover {
                        local_id: *id,
                        remote_id: entry.id.into(),
                        is_adopted: sent.is_some_and(|sent| sent.is_adopted),
                        is_listed: true,
                    });
                }
                _ => index.foreign += 1,
            }
        }
    }
    Ok(())
}

fn is_deactivated(sent: &SentResource) -> bool {
    sent.is_adopted && sent.digest.constant_time_eq(&Digest::of(DEACTIVATED))
}

/// Deletes resources. One that fails is counted and tried again next time, and the others go on.
async fn delete_each(
    run: &mut ProvisioningRun<'_>,
    kind: ProvisionedKind,
    leftovers: Vec<Leftover>,
) -> Result<(), ProvisioningError> {
    for leftover in leftovers {
        let name = leftover.local_id.to_string();
        let removal = match remove(run, kind, &leftover).await {
            Err(error) => {
                run.fail_silent(kind, &name, error)?;
                continue;
            }
            Ok(removal) => removal,
        };
        match removal {
            Removal::Refused(refused) => {
                run.fail_refused(kind, &name, &refused)?;
                continue;
            }
            Removal::Unreadable => {
                run.fail(kind, &name, &"the endpoint does not show it as a resource");
                continue;
            }
            Removal::Deactivated => {
                run.count(kind).changed += 1;
                run.note_success();
            }
            Removal::Deleted => {
                run.count(kind).deleted += 1;
                run.note_success();
            }
            Removal::Gone => run.progress.add(1),
        }
        let Leftover { local_id, remote_id, is_adopted, .. } = leftover;
        if is_adopted && matches!(removal, Removal::Deactivated) {
            let digest = Digest::of(DEACTIVATED);
            run.note_sent(kind, SentResource { local_id, remote_id, digest, is_adopted });
        } else {
            run.note_gone(kind, local_id);
        }
        run.store_many().await?;
    }
    Ok(())
}

async fn remove(
    run: &ProvisioningRun<'_>,
    kind: ProvisionedKind,
    leftover: &Leftover,
) -> Result<Removal, ProvisioningError> {
    let id = &*leftover.remote_id;
    if leftover.is_listed && !leftover.is_adopted {
        return delete_one(run, kind, id).await;
    }
    let resource = match run.service.look_up(kind, id).await? {
        LookUpAnswer::Found(resource) => resource,
        LookUpAnswer::Missing => return Ok(Removal::Gone),
        LookUpAnswer::Refused(refused) => return Ok(Removal::Refused(refused)),
        LookUpAnswer::Unreadable => return Ok(Removal::Unreadable),
    };
    // An endpoint that was set up anew may have given the id to another account.
    let external = resource.get("externalId").and_then(serde_json::Value::as_str);
    let is_ours = external.map(|external| external == leftover.local_id.to_string());
    match is_ours {
        Some(false) => return Ok(Removal::Gone),
        Some(true) if !leftover.is_adopted => return delete_one(run, kind, id).await,
        // Without an `externalId` it may belong to another account, so that nothing of it is lost.
        Some(true) | None => {}
    }
    Ok(match run.service.replace(kind, id, &deactivated(kind, resource)).await? {
        ChangeAnswer::Done(_) => Removal::Deactivated,
        ChangeAnswer::Missing(_) => Removal::Gone,
        ChangeAnswer::Conflict(refused) | ChangeAnswer::Refused(refused) => {
            Removal::Refused(refused)
        }
    })
}

async fn delete_one(
    run: &ProvisioningRun<'_>,
    kind: ProvisionedKind,
    id: &str,
) -> Result<Removal, ProvisioningError> {
    Ok(match run.service.delete(kind, id).await? {
        ChangeAnswer::Done(_) | ChangeAnswer::Missing(_) => Removal::Deleted,
        ChangeAnswer::Conflict(refused) | ChangeAnswer::Refused(refused) => {
            Removal::Refused(refused)
        }
    })
}
