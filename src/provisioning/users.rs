//! Creates and replaces users at the endpoint.

use super::{
    ProvisioningError,
    listing::RemoteIndex,
    run::ProvisioningRun,
    sending::{Outgoing, SendResult},
};
use crate::{
    model::{ProvisionedKind, UserId},
    scim::{self, ProvisioningStep, SentState, user_body},
    store::{
        Tx,
        scim_resources::{self, UserToProvision},
    },
};

/// Users read at a time.
const BATCH: i64 = 500;
/// The most users that are tried again after the others, because their name was taken.
const MAX_LATER: usize = 1_000;

const KIND: ProvisionedKind = ProvisionedKind::User;

/// Whether a user whose name is taken is tried again after the others, which may free the name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum IfTaken {
    Fail,
    Later,
}

/// Creates and replaces users. One that fails is counted, and the others go on.
pub(super) async fn provision(
    run: &mut ProvisioningRun<'_>,
    remote: &RemoteIndex,
) -> Result<(), ProvisioningError> {
    let mut after = UserId::STATIC;
    let mut later = Vec::new();
    loop {
        let scope = run.scope_now();
        let read = move |tx: &mut Tx<'_>| scim_resources::list_users(tx, &scope, after, BATCH);
        let users = run.means.store.read_apart(read).await?;
        let Some(last) = users.last() else { break };
        after = last.user.id;
        for user in &users {
            let policy = if later.len() < MAX_LATER { IfTaken::Later } else { IfTaken::Fail };
            if !one(run, remote, user, policy).await? {
                later.push(user.user.id);
            }
        }
    }
    for id in later {
        let provider_id = run.scope.provider_id;
        let read = move |tx: &mut Tx<'_>| scim_resources::find_user(tx, provider_id, id);
        if let Some(user) = run.means.store.read_apart(read).await? {
            one(run, remote, &user, IfTaken::Fail).await?;
        }
    }
    Ok(())
}

/// Provisions one user. `false` when their name is taken and they are to be tried again.
async fn one(
    run: &mut ProvisioningRun<'_>,
    remote: &RemoteIndex,
    user: &UserToProvision,
    if_taken: IfTaken,
) -> Result<bool, ProvisioningError> {
    match send(run, remote, user, if_taken).await {
        Err(error) => {
            run.fail_silent(KIND, user.user.username.as_str(), error)?;
            Ok(true)
        }
        done => done,
    }
}

async fn send(
    run: &mut ProvisioningRun<'_>,
    remote: &RemoteIndex,
    user: &UserToProvision,
    if_taken: IfTaken,
) -> Result<bool, ProvisioningError> {
    let UserToProvision { user, sent } = user;
    let body = user_body(user);
    let there = remote.entries.get(&user.id.0).map(|entry| entry.of_user(user));
    let name = user.username.as_str();
    let outgoing =
        Outgoing { kind: KIND, local_id: user.id.0, name, body: &body, sent: sent.as_ref() };
    let sent = sent.as_ref().map(|sent| SentState { id: &sent.remote_id, digest: &sent.digest });
    let done = match scim::next_step(&body, there.as_ref(), sent) {
        ProvisioningStep::Keep => {
            run.keep(KIND);
            return Ok(true);
        }
        ProvisioningStep::Create => run.create(outgoing).await?,
        ProvisioningStep::Replace(id) => run.replace(outgoing, &id).await?,
    };
    let done = match done {
        SendResult::Conflict(_) if if_taken == IfTaken::Later => return Ok(false),
        SendResult::Conflict(refused) if there.is_none() => {
            run.resolve_conflict(outgoing, refused).await?
        }
        done => done,
    };
    run.settle(KIND, name, done).await?;
    Ok(true)
}
