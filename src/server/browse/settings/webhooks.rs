//! `/settings/admin/webhooks`

use super::{
    enter::{Visit, answer},
    words::{badge, delete_action},
};
use crate::{
    model::{EventKind, Webhook, WebhookId},
    operations,
    server::{
        browse::{Page, time},
        http::Request,
        pages::{
            Heading, HeadingLink, Layout, PageColumn, PageProblem, PageTable, Pick, StoredWebhook,
            TableCell, TableColumns, TablePage, TableRow, Tone, WebhookPage,
        },
    },
    store::webhooks,
};

const PATH: &str = "/settings/admin/webhooks";
const COLUMNS: TableColumns = TableColumns {
    name: "webhooks",
    all: &[
        PageColumn::sorted("users.name", "name"),
        PageColumn::plain("webhooks.url"),
        PageColumn::plain("webhooks.events"),
        PageColumn::sorted("users.status", "isEnabled"),
        PageColumn::sorted("webhooks.last_delivery", "lastDeliveredAt"),
        PageColumn::sorted("table.created", "createdAt").extra(),
        PageColumn::plain("table.id").extra(),
    ],
};

/// `GET /settings/admin/webhooks`
pub(super) async fn list(req: Request) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let page = visit.page(webhooks::page).await?;
    let table = visit.table(&page, COLUMNS, |webhook| row(&visit.layout, webhook));
    let Visit { layout, frame, .. } = visit;
    answer(&TablePage {
        heading: Heading::of(&layout, "nav.webhooks", "webhooks.about"),
        tabs: vec![],
        table: PageTable { empty: "webhooks.none", ..table },
        links: vec![HeadingLink {
            key: "webhooks.add",
            href: "/settings/admin/webhooks/new",
            is_primary: true,
        }],
        layout,
        frame,
    })
}

fn row(layout: &Layout, webhook: &Webhook) -> TableRow {
    let name = webhook.name.to_string();
    let events = match webhook.events.names().len() {
        0 => layout.t("webhooks.all_events").to_owned(),
        count => count.to_string(),
    };
    let send = format!("DELETE /api/webhooks/{}", webhook.id);
    TableRow {
        href: Some(format!("{PATH}/{}", webhook.id)),
        cells: vec![
            TableCell::Text(name.clone()),
            TableCell::Code(webhook.url.origin()),
            TableCell::Text(events),
            state(layout, webhook),
            TableCell::Time(webhook.deliveries.last_delivered_at.map(time)),
            TableCell::Time(Some(time(webhook.created_at))),
            TableCell::Code(webhook.id.to_string()),
        ],
        actions: vec![delete_action(layout, &name, send, "webhooks.delete_text")],
        ..TableRow::default()
    }
}

fn state(layout: &Layout, webhook: &Webhook) -> TableCell {
    match (webhook.is_enabled, &webhook.deliveries.last_error) {
        (false, _) => badge(layout.t("users.disabled"), Tone::Bad),
        (true, Some(_)) => badge(layout.t("webhooks.failing"), Tone::Bad),
        (true, None) => badge(layout.t("users.active"), Tone::Good),
    }
}

/// `GET /settings/admin/webhooks/new`
pub(super) async fn new(req: Request) -> Page {
    let Visit { layout, frame, .. } = Visit::of_admin(req, PATH).await?;
    answer(&WebhookPage {
        heading: Heading::below(PATH, "nav.webhooks", layout.t("webhooks.add")),
        stored: None,
        name: String::new(),
        url: String::new(),
        is_enabled: true,
        picks: picks(&layout, &[]),
        layout,
        frame,
    })
}

/// `GET /settings/admin/webhooks/{id}`
pub(super) async fn show(req: Request, id: String) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let id: WebhookId = id.parse().map_err(|_| PageProblem::NotFound)?;
    let read = visit.req.app.store().read(move |tx| operations::webhooks::require(tx, id));
    let webhook = read.await?;
    let now = visit.req.head.now;
    let Visit { layout, frame, .. } = visit;
    let deliveries = &webhook.deliveries;
    let failure = deliveries.last_error.clone();
    let previous = webhook.previous.as_ref().filter(|previous| now < previous.until);
    answer(&WebhookPage {
        heading: Heading::below(PATH, "nav.webhooks", webhook.name.to_string()),
        stored: Some(StoredWebhook {
            id: id.to_string(),
            last_delivered: deliveries.last_delivered_at.map(time),
            failure: failure.map(|error| (deliveries.last_failed_at.map(time), error)),
            gone: webhook.gone_at.map(time),
            previous_until: previous.map(|previous| time(previous.until)),
        }),
        name: webhook.name.to_string(),
        url: webhook.url.as_str().to_owned(),
        is_enabled: webhook.is_enabled,
        picks: picks(&layout, webhook.events.names()),
        layout,
        frame,
    })
}

/// The kinds of events. Those that only another version knows are kept.
fn picks(layout: &Layout, chosen: &[String]) -> Vec<Pick> {
    let pick = |kind: &EventKind| Pick {
        value: kind.as_str().to_owned(),
        label: layout.t(&format!("event.{}", kind.as_str())).to_owned(),
        detail: kind.as_str().to_owned(),
        is_picked: chosen.iter().any(|name| name == kind.as_str()),
        is_fixed: false,
    };
    EventKind::ALL.iter().map(pick).collect()
}
