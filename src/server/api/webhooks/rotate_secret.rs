//! `POST /api/webhooks/{id}/rotate-secret`

use super::id;
use crate::{
    model::view::NewWebhookView,
    operations::webhooks,
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
    },
};

/// Gives a webhook a new secret. For 24 hours messages have a signature of the previous one, too. A browser needs a
/// passkey that was used just now.
pub(super) async fn rotate(req: Request, webhook_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let input = (id(&webhook_id)?, req.app.key_store().master_key.clone());
    let asker = Asker::of(&req);
    let rotated = req.act(input, move |act, (id, master_key)| {
        GuardedChange::SendElsewhere.allow(act, &asker)?;
        Ok::<_, ApiError>(webhooks::rotate_secret(act, *id, master_key)?)
    });
    let rotated = rotated.await?;
    let view = NewWebhookView::of(&rotated.webhook, Some(rotated.secret.text()));
    Ok(Response::json(&view))
}
