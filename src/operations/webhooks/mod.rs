//! Webhooks: receivers of events of the audit log.

mod create;
mod delete;
mod disable_gone;
mod rotate_secret;
mod secrets;
mod update;

pub use create::{CreatedWebhook, MAX_WEBHOOKS, WebhookDraft, create};
pub use delete::delete;
pub use disable_gone::disable_gone;
pub use rotate_secret::{OVERLAP_HOURS, rotate_secret};
pub use secrets::signing_secrets;
pub use update::{WebhookChange, update};

use super::{Act, Noun, Refusal};
use crate::{
    model::{EventKind, Webhook, WebhookId, WebhookName, reads_as_id, text::TextError},
    store::{Tx, webhooks},
};

/// Finds a webhook, or refuses with [`Refusal::NotFound`].
pub fn require(tx: &mut Tx<'_>, id: WebhookId) -> Result<Webhook, Refusal> {
    webhooks::find(tx, id)?.ok_or(Refusal::NotFound(Noun::Webhook))
}

/// Refuses a name that belongs to another webhook or that a lookup would take for an id.
fn refuse_taken(act: &mut Act<'_, '_>, id: WebhookId, name: &WebhookName) -> Result<(), Refusal> {
    if reads_as_id(name.as_str()) {
        let message = "must not have the form of an ID".to_owned();
        let error = TextError { code: "reads_as_id", message };
        return Err(Refusal::Field { field: "name", error });
    }
    match webhooks::find_by_name(act, name)? {
        Some(owner) if owner.id != id => Err(Refusal::WebhookNameInUse(owner.name)),
        _ => Ok(()),
    }
}

/// Writes the audit entry. It has the origin of the address only: the rest may be secret, and other
/// webhooks are told of it.
fn audit(
    act: &mut Act<'_, '_>,
    kind: EventKind,
    webhook: &Webhook,
    more: Option<(&'static str, String)>,
) -> Result<(), Refusal> {
    let data = [("webhookName", webhook.name.to_string()), ("origin", webhook.url.origin())];
    Ok(act.audit(kind, webhook.id, data.into_iter().chain(more))?)
}
