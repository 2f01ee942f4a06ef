//! `/api/webhooks`: receivers of events. Not part of Pocket ID.

mod body;
mod create;
mod delete;
mod list;
mod rotate_secret;
mod routes;
mod show;
mod test;
mod update;

pub(super) use routes::routes;

use crate::{
    model::WebhookId,
    operations::{Noun, Refusal},
    server::http::ApiError,
};

/// Parses the webhook id in a path.
fn id(text: &str) -> Result<WebhookId, ApiError> {
    super::id(text, || Refusal::NotFound(Noun::Webhook).into())
}
