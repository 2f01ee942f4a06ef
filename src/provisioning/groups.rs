//! Creates and replaces groups at the endpoint, after their members.

use super::{ProvisioningError, listing::RemoteIndex, run::ProvisioningRun, sending::SendResult};
use crate::{
    model::{Group, ProvisionedKind},
    scim::{self, ProvisioningStep, SentState, group_body},
    store::{
        StoreError,
        scim_resources::{self, MemberToProvision, SentResource},
    },
};

const KIND: ProvisionedKind = ProvisionedKind::Group;
/// Groups after which the sent ones are stored.
const BATCH: usize = 100;

/// The members of a group, and the last version of it that was sent.
struct GroupToProvision {
    sent: Option<SentResource>,
    members: Vec<MemberToProvision>,
}

/// Creates and replaces groups. One that fails is counted, and the others go on.
pub(super) async fn provision(
    run: &mut ProvisioningRun<'_>,
    remote: &RemoteIndex,
) -> Result<(), ProvisioningError> {
    let scope = run.scope.clone();
    let groups = run.means.store.read_apart(move |tx| scim_resources::list_groups(tx, &scope));
    let groups: Result<Vec<Group>, StoreError> = groups.await;
    for groups in groups?.chunks(BATCH) {
        for group in groups {
            one(run, remote, group).await?;
        }
        run.store_sent(KIND).await?;
    }
    Ok(())
}

async fn one(
    run: &mut ProvisioningRun<'_>,
    remote: &RemoteIndex,
    group: &Group,
) -> Result<(), ProvisioningError> {
    let GroupToProvision { sent, members } = load(run, group).await?;
    let name = group.friendly_name.as_str();
    let count = members.len();
    let ids: Vec<_> = members.into_iter().filter_map(|member| member.remote_id).collect();
    if ids.len() < count {
        // Without them the endpoint would take access from people who have it.
        let missing = count - ids.len();
        return run.fail(
            KIND,
            name,
            &format_args!("{missing} of its members could not be provisioned"),
        );
    }
    let body = group_body(group, &ids);
    let there = remote.entries.get(&group.id.0).map(|entry| entry.of_group());
    let sent = sent.as_ref().map(|sent| SentState { id: &sent.remote_id, digest: &sent.digest });
    let done = match scim::next_step(&body, there.as_ref(), sent) {
        ProvisioningStep::Keep => {
            run.count(KIND).unchanged += 1;
            return Ok(());
        }
        ProvisioningStep::Create => run.create(KIND, group.id.0, &body).await?,
        ProvisioningStep::Replace(id) => run.replace(KIND, group.id.0, &id, &body).await?,
    };
    let done = match done {
        SendResult::Conflict(refused) if there.is_none() => {
            let adopted = run.adopt(KIND, group.id.0, name, &body).await?;
            adopted.unwrap_or(SendResult::Conflict(refused))
        }
        done => done,
    };
    run.settle(KIND, name, done)
}

async fn load(run: &ProvisioningRun<'_>, group: &Group) -> Result<GroupToProvision, StoreError> {
    let (provider_id, id) = (run.scope.provider_id, group.id);
    let read = run.means.store.read_apart(move |tx| {
        let sent = scim_resources::find(tx, provider_id, KIND, id.0)?;
        let members = scim_resources::list_members(tx, provider_id, id)?;
        Ok(GroupToProvision { sent, members })
    });
    read.await
}
