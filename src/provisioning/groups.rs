//! Creates and replaces groups at the endpoint, after their members.

use super::{
    ProvisioningError,
    leftovers::RemoteIndexes,
    run::ProvisioningRun,
    sending::{Outgoing, SendResult},
};
use crate::{
    model::{Group, ProvisionedKind},
    scim::{self, ProvisioningStep, SentState, group_body},
    store::{
        StoreError,
        scim_resources::{self, MemberToProvision, SentResource},
    },
};

const KIND: ProvisionedKind = ProvisionedKind::Group;

/// The members of a group, and the last version of it that was sent.
struct GroupToProvision {
    sent: Option<SentResource>,
    members: Vec<MemberToProvision>,
}

/// Creates and replaces groups. One that fails is counted, and the others go on.
pub(super) async fn provision(
    run: &mut ProvisioningRun<'_>,
    remote: &RemoteIndexes,
) -> Result<(), ProvisioningError> {
    let scope = run.scope_now();
    let groups = run.means.store.read_apart(move |tx| scim_resources::list_groups(tx, &scope));
    let groups: Result<Vec<Group>, StoreError> = groups.await;
    for group in groups? {
        if let Err(error) = send(run, remote, &group).await {
            run.fail_silent(KIND, group.friendly_name.as_str(), error)?;
        }
    }
    Ok(())
}

/// Sends a group with the members that the endpoint has. It is a failure when some are missing, but the others do
/// not wait for them, and those who left must not stay.
async fn send(
    run: &mut ProvisioningRun<'_>,
    remote: &RemoteIndexes,
    group: &Group,
) -> Result<(), ProvisioningError> {
    let GroupToProvision { sent, members } = load(run, group).await?;
    let name = group.friendly_name.as_str();
    let count = members.len();
    let id_of = |member: MemberToProvision| {
        let listed = remote.users.entries.get(&member.id.0);
        listed.map(|entry| entry.id.to_string()).or(member.remote_id)
    };
    let ids: Vec<_> = members.into_iter().filter_map(id_of).collect();
    let missing = count - ids.len();
    let body = group_body(group, &ids);
    let there = remote.groups.entries.get(&group.id.0).map(|entry| entry.of_group());
    let outgoing =
        Outgoing { kind: KIND, local_id: group.id.0, name, body: &body, sent: sent.as_ref() };
    let sent = sent.as_ref().map(|sent| SentState { id: &sent.remote_id, digest: &sent.digest });
    let done = match scim::next_step(&body, there.as_ref(), sent) {
        ProvisioningStep::Keep => {
            if missing == 0 {
                run.keep(KIND);
            }
            None
        }
        ProvisioningStep::Create => Some(run.create(outgoing).await?),
        ProvisioningStep::Replace(id) => Some(run.replace(outgoing, &id).await?),
    };
    let is_there = match done {
        None => true,
        Some(SendResult::Conflict(refused)) if there.is_none() => {
            let done = run.resolve_conflict(outgoing, refused).await?;
            run.settle(KIND, name, done).await?
        }
        Some(done) => run.settle(KIND, name, done).await?,
    };
    if is_there && missing > 0 {
        run.fail(KIND, name, &format_args!("{missing} of its members could not be provisioned"));
    }
    Ok(())
}

async fn load(run: &ProvisioningRun<'_>, group: &Group) -> Result<GroupToProvision, StoreError> {
    let (scope, id) = (run.scope_now(), group.id);
    let read = run.means.store.read_apart(move |tx| {
        let sent = scim_resources::find(tx, scope.provider_id, KIND, id.0)?;
        let members = scim_resources::list_members(tx, &scope, id)?;
        Ok(GroupToProvision { sent, members })
    });
    read.await
}
