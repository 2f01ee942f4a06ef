//! The routes of this folder.

use super::{body::WebhookBody, create, delete, list, rotate_secret, show, test, update};
use crate::{
    model::view::{NewWebhookView, WebhookView},
    server::route::{Route, delete, get, post, put},
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/api/webhooks", list::list).lists::<WebhookView>(),
        post("/api/webhooks", create::create)
            .takes::<WebhookBody>()
            .creates::<NewWebhookView<'static>>()
            .refuses(&[409]),
        get("/api/webhooks/{id}", show::show).gives::<WebhookView>(),
        put("/api/webhooks/{id}", update::update)
            .takes::<WebhookBody>()
            .gives::<WebhookView>()
            .refuses(&[409]),
        delete("/api/webhooks/{id}", delete::delete),
        post("/api/webhooks/{id}/rotate-secret", rotate_secret::rotate)
            .gives::<NewWebhookView<'static>>(),
        post("/api/webhooks/{id}/test", test::send).refuses(&[502]),
    ]
}
