//! Seals and opens the secrets of webhooks.

use super::{Act, Refusal};
use crate::{
    crypto::{MasterKey, SealedPlace, WebhookSecret},
    model::{Timestamp, Webhook, WebhookId},
    store::sealed,
};

/// Seals a secret of a webhook, in the transaction that stores it.
pub(super) fn seal(
    act: &mut Act<'_, '_>,
    id: WebhookId,
    place: SealedPlace,
    secret: &WebhookSecret,
    master_key: &MasterKey,
) -> Result<Vec<u8>, Refusal> {
    sealed::require(act, master_key)?;
    let row = id.to_string();
    Ok(master_key.seal(place.of(&row), secret.text().expose().as_bytes(), act.rng()))
}

/// The current secret of a webhook. `None` when it cannot be decrypted.
pub(super) fn open(webhook: &Webhook, master_key: &MasterKey) -> Option<WebhookSecret> {
    let row = webhook.id.to_string();
    let sealed = webhook.sealed_secret.as_ref()?;
    let opened = master_key.open_text(SealedPlace::WebhookSecret.of(&row), sealed)?;
    Some(WebhookSecret::stored(opened))
}

/// The secrets that sign a message now: the current one, and for some time the one before. Empty when
/// the current one cannot be decrypted.
pub fn signing_secrets(
    webhook: &Webhook,
    master_key: &MasterKey,
    now: Timestamp,
) -> Vec<WebhookSecret> {
    let Some(current) = open(webhook, master_key) else { return Vec::new() };
    let row = webhook.id.to_string();
    let place = SealedPlace::WebhookPreviousSecret.of(&row);
    let previous = webhook.previous.as_ref().filter(|previous| now < previous.until);
    let previous = previous.and_then(|previous| master_key.open_text(place, &previous.sealed));
    [current].into_iter().chain(previous.map(WebhookSecret::stored)).collect()
}
