//! Finds webhooks whose receivers do not take their messages.

use super::{Finding, Surroundings};
use crate::{
    model::Webhook,
    store::{StoreError, webhooks},
};

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let Some(store) = around.store() else { return Ok(Vec::new()) };
    let all = store.read_blocking(webhooks::list)?;
    let mut found: Vec<_> = all.iter().filter_map(of_webhook).collect();
    if found.is_empty() && all.iter().any(|webhook| webhook.is_enabled) {
        found.push(Finding::ok("no delivery of a webhook failed lately"));
    }
    Ok(found)
}

fn of_webhook(webhook: &Webhook) -> Option<Finding> {
    let name = &webhook.name;
    if let (false, Some(moment)) = (webhook.is_enabled, webhook.gone_at) {
        return Some(Finding::warning(
            format!("the webhook {name} was disabled {moment}: its receiver answered 410 (Gone)"),
            format!(
                "delete it, or set its new address: pocketid webhook update {name} --url URL, and pocketid webhook enable {name}"
            ),
        ));
    }
    if !webhook.is_enabled {
        return None;
    }
    if webhook.sealed_secret.is_none() {
        return Some(Finding::problem(
            format!("the webhook {name} has no secret, and sends nothing"),
            format!("make one: pocketid webhook rotate-secret {name}"),
        ));
    }
    let error = webhook.deliveries.last_error.as_ref()?;
    Some(Finding::problem(
        format!("events do not reach the webhook {name}: {error}"),
        format!("try it: pocketid webhook test {name}"),
    ))
}
