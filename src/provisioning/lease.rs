//! Synchronises a provider while it holds the lease of it.

use std::{pin::pin, time::Duration};

use tokio::sync::Semaphore;

use super::{
    ProvisioningError, ProvisioningMeans, ProvisioningPolicy, ProvisioningReport,
    compare::complete,
    run::{ProvisioningRun, StepCount},
    service::ScimService,
};
use crate::{
    model::{Client, ScimProvider, ScimProviderId},
    operations::scim_providers::open_token,
    store::{StoreError, clients, leases, scim_providers, scim_resources::ProvisioningScope},
};

/// How long a lease lasts, in seconds, and how often it is renewed.
const LEASE: i64 = 60;
const RENEW: Duration = Duration::from_secs(15);
/// The longest synchronisation, in hours.
const MAX_HOURS: u64 = 4;
/// The least number of resources that an endpoint has to take in some minutes. The slow ones would hold all turns,
/// and the others wait.
const MIN_STEPS: usize = 30;
const MINUTES: u64 = 10;
/// The longest stored error, in characters.
const MAX_ERROR: usize = 500;

/// How many providers one process synchronises at once (Pocket ID 2.14).
static TURNS: Semaphore = Semaphore::const_new(4);

/// Watches that an endpoint is not too slow, whenever the lease is renewed.
#[derive(Default)]
struct Pace {
    time: Duration,
    steps: usize,
}

impl Pace {
    /// Whether the endpoint has taken enough resources, `steps` in all, after some more time.
    fn is_kept(&mut self, passed: Duration, steps: usize) -> bool {
        self.time += passed;
        if self.time < Duration::from_secs(MINUTES * 60) {
            return true;
        }
        let is_kept = steps - self.steps >= MIN_STEPS;
        *self = Self { time: Duration::ZERO, steps };
        is_kept
    }
}

/// A provider whose lease is held.
struct LeasedProvider {
    provider: ScimProvider,
    client: Client,
}

/// Makes the endpoint of a provider have the users and groups that may use its client.
pub async fn synchronise(
    means: ProvisioningMeans<'_>,
    id: ScimProviderId,
    policy: ProvisioningPolicy,
) -> Result<ProvisioningReport, ProvisioningError> {
    let _turn = TURNS.acquire().await;
    let leased = begin(means, id).await?;
    let result = while_renewing(means, id, leased, policy).await;
    // Another server has the provider now, or it was deleted.
    if !matches!(result, Err(ProvisioningError::Busy | ProvisioningError::Gone)) {
        finish(means, id, &result).await?;
    }
    result
}

fn lease_of(id: ScimProviderId) -> String {
    format!("scim:{id}")
}

async fn begin(
    means: ProvisioningMeans<'_>,
    id: ScimProviderId,
) -> Result<LeasedProvider, ProvisioningError> {
    let (holder, now) = (means.holder.to_owned(), means.now());
    let begun = means.store.write(move |tx| {
        let gone = || ProvisioningError::Gone;
        let provider = scim_providers::find(tx, id)?.ok_or_else(gone)?;
        let client = clients::find(tx, &provider.client_id)?.ok_or_else(gone)?;
        if !leases::take(tx, &lease_of(id), &holder, now, now.plus(LEASE))? {
            return Err(ProvisioningError::Busy);
        }
        scim_providers::begin(tx, id, now)?;
        Ok(LeasedProvider { provider, client })
    });
    begun.await
}

/// Synchronises, and renews the lease meanwhile. Stops when another server has taken it.
async fn while_renewing(
    means: ProvisioningMeans<'_>,
    id: ScimProviderId,
    leased: LeasedProvider,
    policy: ProvisioningPolicy,
) -> Result<ProvisioningReport, ProvisioningError> {
    let LeasedProvider { provider, client } = leased;
    let token = open_token(&provider, means.master_key);
    if token.is_none() && provider.sealed_token.is_some() {
        return Err(ProvisioningError::Token);
    }
    let service = ScimService::new(means, &provider.endpoint, token)?;
    let scope = ProvisioningScope {
        provider_id: id,
        client_id: client.id,
        is_restricted: client.is_group_restricted,
        now: means.now(),
    };
    let progress = StepCount::default();
    let mut run = ProvisioningRun::new(means, service, scope, policy, &progress);
    let result = until_late(means, id, &progress, Box::pin(complete(&mut run))).await;
    // However it ended: the endpoint has those resources, and later synchronisations have to know them.
    let stored = run.store_noted().await;
    result.and_then(|report| stored.map(|()| report))
}

/// Waits for the end of a synchronisation, and renews the lease meanwhile.
async fn until_late(
    means: ProvisioningMeans<'_>,
    id: ScimProviderId,
    progress: &StepCount,
    run: impl Future<Output = Result<ProvisioningReport, ProvisioningError>>,
) -> Result<ProvisioningReport, ProvisioningError> {
    let limit = Duration::from_secs(MAX_HOURS * 3_600);
    let mut run = pin!(tokio::time::timeout(limit, run));
    let mut pace = Pace::default();
    loop {
        tokio::select! {
            ended = &mut run => {
                return ended.unwrap_or(Err(ProvisioningError::Late(MAX_HOURS)));
            }
            () = tokio::time::sleep(RENEW) => {
                renew(means, id).await?;
                if !pace.is_kept(RENEW, progress.steps()) {
                    return Err(ProvisioningError::Slow { steps: MIN_STEPS, minutes: MINUTES });
                }
            }
        }
    }
}

async fn renew(means: ProvisioningMeans<'_>, id: ScimProviderId) -> Result<(), ProvisioningError> {
    let (holder, now) = (means.holder.to_owned(), means.now());
    let renewed =
        means.store.write(move |tx| leases::take(tx, &lease_of(id), &holder, now, now.plus(LEASE)));
    match renewed.await {
        Ok(true) => Ok(()),
        Ok(false) => Err(ProvisioningError::Busy),
        Err(error) => {
            tracing::debug!(%error, "could not renew the lease of a synchronisation");
            Ok(())
        }
    }
}

async fn finish(
    means: ProvisioningMeans<'_>,
    id: ScimProviderId,
    result: &Result<ProvisioningReport, ProvisioningError>,
) -> Result<(), StoreError> {
    let (holder, now) = (means.holder.to_owned(), means.now());
    let error = result.as_ref().err().map(|error| {
        let text = error.to_string().replace(char::is_control, " ");
        text.chars().take(MAX_ERROR).collect::<String>()
    });
    let finished = means.store.write(move |tx| {
        match &error {
            None => scim_providers::succeed(tx, id, now)?,
            Some(error) => scim_providers::fail(tx, id, error)?,
        }
        leases::release(tx, &lease_of(id), &holder)
    });
    finished.await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_takes_hardly_anything_loses_its_turn() {
        let minutes = |count: u64| Duration::from_secs(60 * count);
        let mut pace = Pace::default();
        assert!(pace.is_kept(minutes(9), 0));
        assert!(pace.is_kept(minutes(1), MIN_STEPS));
        // Earlier steps do not count again.
        assert!(pace.is_kept(minutes(9), MIN_STEPS));
        assert!(!pace.is_kept(minutes(1), 2 * MIN_STEPS - 1));
        let mut silent = Pace::default();
        let ended = (1..).find(|_| !silent.is_kept(RENEW, 0));
        assert_eq!(ended, Some(MINUTES * 60 / RENEW.as_secs()));
    }
}
