//! `/settings/admin/api-keys`

use super::{
    enter::{Visit, answer},
    words::{badge, delete_action, in_days},
};
use crate::{
    model::{ApiKey, Timestamp},
    server::{
        browse::{Page, time},
        http::Request,
        pages::{
            ApiKeysPage, Heading, Layout, PageColumn, PageTable, RowAction, TableCell,
            TableColumns, TableRow, Tone,
        },
    },
    store::api_keys,
};

const PATH: &str = "/settings/admin/api-keys";
/// How long a renewed key lasts, in days.
const RENEWED: i64 = 30;
const COLUMNS: TableColumns = TableColumns {
    name: "api-keys",
    all: &[
        PageColumn::sorted("users.name", "name"),
        PageColumn::plain("api_keys.description"),
        PageColumn::plain("users.status"),
        PageColumn::sorted("table.expires", "expiresAt"),
        PageColumn::sorted("table.last_used", "lastUsedAt"),
        PageColumn::sorted("table.created", "createdAt"),
    ],
};

/// `GET /settings/admin/api-keys`
pub(super) async fn list(req: Request) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let (user_id, now) = (visit.req.who.user.id, visit.req.head.now);
    let page = visit.page(move |tx, query| api_keys::page_of_user(tx, user_id, query)).await?;
    let table = visit.table(&page, COLUMNS, |key| row(&visit.layout, key, now));
    let Visit { layout, frame, .. } = visit;
    let heading = Heading::of(&layout, "nav.api_keys", "api_keys.about");
    let table = PageTable { is_searchable: false, empty: "api_keys.none", ..table };
    answer(&ApiKeysPage { heading, table, layout, frame })
}

fn row(layout: &Layout, key: &ApiKey, now: Timestamp) -> TableRow {
    let name = key.name.to_string();
    let status = if key.is_live(now) {
        badge(layout.t("users.active"), Tone::Good)
    } else {
        badge(layout.t("invitations.expired"), Tone::Bad)
    };
    let renew = RowAction {
        label: layout.t("api_keys.renew").to_owned(),
        name: layout.with("api_keys.renew_label", "name", &name),
        send: format!("POST /api/api-keys/{}/renew", key.id),
        body: Some(format!("{{\"expiresAt\":\"{}\"}}", in_days(now, RENEWED))),
        then: Some("key"),
        ..RowAction::default()
    };
    let send = format!("DELETE /api/api-keys/{}", key.id);
    let revoke = delete_action(layout, &name, send, "api_keys.delete_text");
    TableRow {
        cells: vec![
            TableCell::Text(name.clone()),
            TableCell::Text(key.description.as_ref().map(ToString::to_string).unwrap_or_default()),
            status,
            TableCell::Time(Some(time(key.expires_at))),
            TableCell::Time(key.last_used_at.map(time)),
            TableCell::Time(Some(time(key.created_at))),
        ],
        actions: if key.is_live(now) { vec![revoke] } else { vec![renew, revoke] },
        ..TableRow::default()
    }
}
