//! `/settings/admin/scim-tokens`

use super::{
    enter::{Visit, answer},
    words::{badge, delete_action, in_days},
};
use crate::{
    model::{ScimToken, Timestamp},
    server::{
        browse::{Page, time},
        http::Request,
        pages::{
            Heading, Layout, PageColumn, PageTable, ProgramTokensPage, Question, RowAction,
            TableCell, TableColumns, TableRow, TokenWords, Tone,
        },
    },
    store::scim_tokens,
};

const PATH: &str = "/settings/admin/scim-tokens";
/// How long an expired token works when it is rotated, in days.
const RENEWED: i64 = 360;
const WORDS: TokenWords = TokenWords {
    add: "scim_tokens.add",
    name_hint: "scim_tokens.name_hint",
    created: "scim_tokens.created",
    created_about: "scim_tokens.created_about",
    token: "scim_tokens.token",
    endpoint: "scim_tokens.endpoint",
};
const COLUMNS: TableColumns = TableColumns {
    name: "scim-tokens",
    all: &[
        PageColumn::sorted("users.name", "name"),
        PageColumn::plain("users.status"),
        PageColumn::plain("table.expires"),
        PageColumn::sorted("table.last_used", "lastUsedAt"),
        PageColumn::sorted("table.created", "createdAt"),
    ],
};

/// `GET /settings/admin/scim-tokens`
pub(super) async fn list(req: Request) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let now = visit.req.head.now;
    let page = visit.page(scim_tokens::page).await?;
    let table = visit.table(&page, COLUMNS, |token| row(&visit.layout, token, now));
    let Visit { layout, frame, .. } = visit;
    let heading = Heading::of(&layout, "nav.scim_tokens", "scim_tokens.about");
    let table = PageTable { is_searchable: false, empty: "scim_tokens.none", ..table };
    let endpoint = format!("{}/scim/v2", layout.app_url);
    answer(&ProgramTokensPage {
        heading,
        table,
        words: WORDS,
        api: "/api/scim/tokens",
        endpoint,
        layout,
        frame,
    })
}

fn row(layout: &Layout, token: &ScimToken, now: Timestamp) -> TableRow {
    let name = token.name.to_string();
    let status = if token.is_live(now) {
        badge(layout.t("users.active"), Tone::Good)
    } else {
        badge(layout.t("invitations.expired"), Tone::Bad)
    };
    let send = format!("DELETE /api/scim/tokens/{}", token.id);
    let revoke = delete_action(layout, &name, send, "scim_tokens.delete_text");
    TableRow {
        cells: vec![
            TableCell::Text(name.clone()),
            status,
            TableCell::Time(token.expires_at.map(time)),
            TableCell::Time(token.last_used_at.map(time)),
            TableCell::Time(Some(time(token.created_at))),
        ],
        actions: vec![rotate_action(layout, token, now), revoke],
        ..TableRow::default()
    }
}

fn rotate_action(layout: &Layout, token: &ScimToken, now: Timestamp) -> RowAction {
    let name = token.name.as_str();
    let expires = || format!("{{\"expiresAt\":\"{}\"}}", in_days(now, RENEWED));
    RowAction {
        label: layout.t("scim_tokens.rotate").to_owned(),
        name: layout.with("scim_tokens.rotate_label", "name", name),
        send: format!("POST /api/scim/tokens/{}/rotate", token.id),
        ask: Some(Question {
            title: layout.with("scim_tokens.rotate_label", "name", name),
            text: layout.t("scim_tokens.rotate_text").to_owned(),
        }),
        body: (!token.is_live(now)).then(expires),
        then: Some("token"),
        ..RowAction::default()
    }
}
