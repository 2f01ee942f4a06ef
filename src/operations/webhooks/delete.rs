//! Deleting webhooks.

use super::{Act, Noun, Refusal, audit, require};
use crate::{
    model::{EventKind, Webhook, WebhookId},
    store::webhooks,
};

/// Deletes a webhook. Events that wait for it are not sent any more.
pub fn delete(act: &mut Act<'_, '_>, id: WebhookId) -> Result<Webhook, Refusal> {
    let webhook = require(act, id)?;
    if !webhooks::delete(act, id)? {
        return Err(Refusal::NotFound(Noun::Webhook));
    }
    audit(act, EventKind::WebhookDeleted, &webhook, None)?;
    Ok(webhook)
}
