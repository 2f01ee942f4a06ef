//! `PUT /api/webhooks/{id}`

use super::{body::WebhookBody, id};
use crate::{
    model::view::WebhookView,
    operations::{
        Change,
        webhooks::{self, WebhookChange},
    },
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
    },
};

/// Sets everything of a webhook but its secret. For another address a browser needs a passkey that was used just
/// now.
pub(super) async fn update(req: Request, webhook_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<WebhookBody>().await?;
    let id = id(&webhook_id)?;
    let draft = req.body.check()?;
    let change = WebhookChange {
        name: Change::Set(draft.name),
        url: Change::Set(draft.url),
        events: Change::Set(draft.events),
        is_enabled: Change::Set(draft.is_enabled),
    };
    let asker = Asker::of(&req);
    let updated = req.act(change, move |act, change| {
        if change.moves(&webhooks::require(act, id)?) {
            GuardedChange::SendElsewhere.allow(act, &asker)?;
        }
        Ok::<_, ApiError>(webhooks::update(act, id, change)?)
    });
    Ok(Response::json(&WebhookView::of(&updated.await?)))
}
