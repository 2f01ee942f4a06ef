//! Synchronises the provider that a message of the outbox names.

use std::{sync::Arc, time::Duration};

use super::synchronise;
use crate::{
    provisioning::{ProvisioningError, ProvisioningPolicy},
    server::{App, outbox::DeliveryFailure},
    store::outbox::{self, OutboxMessage},
};

/// How often the claim of the message is renewed, and for how long, in seconds.
const RENEW: Duration = Duration::from_secs(120);
const CLAIM: i64 = 600;

/// Synchronises a provider.
pub(in crate::server) async fn deliver(
    app: &Arc<App>,
    message: &OutboxMessage,
) -> Result<(), DeliveryFailure> {
    let unreadable = |_| DeliveryFailure::Final("the stored message cannot be read".to_owned());
    let id = message.lane.recipient.parse().map_err(unreadable)?;
    let synchronised =
        while_claiming(app, message, synchronise(app, id, ProvisioningPolicy::default()));
    match synchronised.await {
        Ok(_) | Err(ProvisioningError::Gone) => Ok(()),
        Err(error) if error.is_silence() => Err(DeliveryFailure::Silent(error.to_string())),
        Err(error) => Err(DeliveryFailure::Refused(error.to_string())),
    }
}

/// Renews the claim of a message during work, which may take longer.
async fn while_claiming<T>(
    app: &Arc<App>,
    message: &OutboxMessage,
    work: impl Future<Output = T>,
) -> T {
    let mut work = Box::pin(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(RENEW) => {
                let (message, until) = (message.clone(), app.now().plus(CLAIM));
                let renewed = app.store().write(move |tx| outbox::postpone(tx, &message, until));
                if let Err(error) = renewed.await {
                    tracing::debug!(%error, "could not renew the claim of a message");
                }
            }
        }
    }
}
