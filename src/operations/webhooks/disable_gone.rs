//! Disabling webhooks whose receivers are gone.

use super::{Act, Refusal, audit};
use crate::{
    model::{EventKind, WebhookId},
    store::{outbox, webhooks},
};

/// Disables a webhook whose receiver answered 410 (Gone): it does not want any more messages
/// (Standard Webhooks, "Operational considerations"). Returns `false` when it is disabled or deleted
/// already.
pub fn disable_gone(act: &mut Act<'_, '_>, id: WebhookId) -> Result<bool, Refusal> {
    let Some(mut webhook) = webhooks::find(act, id)?.filter(|webhook| webhook.is_enabled) else {
        return Ok(false);
    };
    webhook.is_enabled = false;
    webhook.gone_at = Some(act.now());
    webhooks::update(act, &webhook)?;
    outbox::delete_lane(act, &webhooks::lane(id))?;
    audit(act, EventKind::WebhookGone, &webhook, None)?;
    Ok(true)
}
