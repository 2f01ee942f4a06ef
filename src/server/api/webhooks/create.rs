//! `POST /api/webhooks`

use hyper::StatusCode;

use super::body::WebhookBody;
use crate::{
    model::view::NewWebhookView,
    operations::webhooks,
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
    },
};

/// Creates a webhook. The answer has its secret, which is shown only this once. A browser needs a passkey that was
/// used just now.
pub(super) async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<WebhookBody>().await?;
    let input = (req.body.check()?, req.app.key_store().master_key.clone());
    let asker = Asker::of(&req);
    let created = req.act(input, move |act, (draft, master_key)| {
        GuardedChange::SendElsewhere.allow(act, &asker)?;
        Ok::<_, ApiError>(webhooks::create(act, draft, master_key)?)
    });
    let created = created.await?;
    let view = NewWebhookView::of(&created.webhook, Some(created.secret.text()));
    Ok(Response::json(&view).status(StatusCode::CREATED))
}
