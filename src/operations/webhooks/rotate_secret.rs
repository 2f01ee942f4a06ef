//! Replacing the secrets of webhooks.

use super::{Act, CreatedWebhook, Refusal, audit, require, secrets};
use crate::{
    crypto::{MasterKey, SealedPlace, WebhookSecret},
    model::{EventKind, PreviousSecret, WebhookId},
    store::webhooks,
};

/// How long the replaced secret signs, too, in hours.
pub const OVERLAP_HOURS: i64 = 24;

/// Gives a webhook a new secret. For [`OVERLAP_HOURS`] messages have two signatures, so that the
/// receiver can be changed meanwhile. The secret before the replaced one ends at once.
pub fn rotate_secret(
    act: &mut Act<'_, '_>,
    id: WebhookId,
    master_key: &MasterKey,
) -> Result<CreatedWebhook, Refusal> {
    let mut webhook = require(act, id)?;
    let until = act.now().plus(OVERLAP_HOURS * 3_600);
    webhook.previous = match secrets::open(&webhook, master_key) {
        Some(secret) => {
            let place = SealedPlace::WebhookPreviousSecret;
            Some(PreviousSecret {
                sealed: secrets::seal(act, id, place, &secret, master_key)?,
                until,
            })
        }
        None => None,
    };
    let secret = WebhookSecret::draw(act.rng());
    let place = SealedPlace::WebhookSecret;
    webhook.sealed_secret = Some(secrets::seal(act, id, place, &secret, master_key)?);
    webhooks::update(act, &webhook)?;
    audit(act, EventKind::WebhookSecretRotated, &webhook, None)?;
    Ok(CreatedWebhook { webhook, secret })
}
