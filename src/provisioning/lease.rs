//! Synchronises a provider while it holds the lease of it.

use std::{pin::pin, time::Duration};

use tokio::sync::Semaphore;

use super::{
    DeletionPolicy, ProvisioningError, ProvisioningMeans, ProvisioningReport, compare::complete,
    run::ProvisioningRun, service::ScimService,
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
/// The longest stored error, in characters.
const MAX_ERROR: usize = 500;

/// How many providers one process synchronises at once (Pocket ID 2.14).
static TURNS: Semaphore = Semaphore::const_new(4);

/// A provider whose lease is held.
struct LeasedProvider {
    provider: ScimProvider,
    client: Client,
}

/// Makes the endpoint of a provider have the users and groups that may use its client.
pub async fn synchronise(
    means: ProvisioningMeans<'_>,
    id: ScimProviderId,
    policy: DeletionPolicy,
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
    policy: DeletionPolicy,
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
    };
    let run = Box::pin(complete(ProvisioningRun::new(means, service, scope), policy));
    let limit = Duration::from_secs(MAX_HOURS * 3_600);
    let mut run = pin!(tokio::time::timeout(limit, run));
    loop {
        tokio::select! {
            ended = &mut run => {
                return ended.unwrap_or(Err(ProvisioningError::Late(MAX_HOURS)));
            }
            () = tokio::time::sleep(RENEW) => renew(means, id).await?,
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
