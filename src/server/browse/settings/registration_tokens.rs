//! `/settings/admin/registration-tokens`

use super::{
    enter::{Visit, answer},
    words::{badge, delete_action},
};
use crate::{
    model::{RegistrationToken, Timestamp},
    server::{
        browse::{Page, time},
        http::Request,
        pages::{
            Heading, Layout, PageColumn, PageTable, ProgramTokensPage, TableCell, TableColumns,
            TableRow, TokenWords, Tone,
        },
    },
    store::registration_tokens,
};

/// The entry of the navigation that it belongs to.
const PARENT: &str = "/settings/admin/client-requests";
const WORDS: TokenWords = TokenWords {
    add: "registration_tokens.add",
    name_hint: "registration_tokens.name_hint",
    created: "registration_tokens.created",
    created_about: "registration_tokens.created_about",
    token: "registration_tokens.token",
    endpoint: "registration_tokens.endpoint",
};
const COLUMNS: TableColumns = TableColumns {
    name: "registration-tokens",
    all: &[
        PageColumn::sorted("users.name", "name"),
        PageColumn::plain("users.status"),
        PageColumn::plain("table.expires"),
        PageColumn::sorted("table.last_used", "lastUsedAt"),
        PageColumn::sorted("table.created", "createdAt"),
    ],
};

/// `GET /settings/admin/registration-tokens`
pub(super) async fn list(req: Request) -> Page {
    let visit = Visit::of_admin(req, PARENT).await?;
    let now = visit.req.head.now;
    let page = visit.page(registration_tokens::page).await?;
    let table = visit.table(&page, COLUMNS, |token| row(&visit.layout, token, now));
    let Visit { layout, frame, .. } = visit;
    let heading = Heading {
        about: Some(layout.t("registration_tokens.about").to_owned()),
        ..Heading::below(PARENT, "nav.client_requests", layout.t("nav.registration_tokens"))
    };
    let table = PageTable { is_searchable: false, empty: "registration_tokens.none", ..table };
    let endpoint = format!("{}/api/oidc/register", layout.app_url);
    answer(&ProgramTokensPage {
        heading,
        table,
        words: WORDS,
        api: "/api/oidc/registration-tokens",
        endpoint,
        layout,
        frame,
    })
}

fn row(layout: &Layout, token: &RegistrationToken, now: Timestamp) -> TableRow {
    let name = token.name.to_string();
    let status = if token.is_live(now) {
        badge(layout.t("users.active"), Tone::Good)
    } else {
        badge(layout.t("invitations.expired"), Tone::Bad)
    };
    let send = format!("DELETE /api/oidc/registration-tokens/{}", token.id);
    let revoke = delete_action(layout, &name, send, "registration_tokens.delete_text");
    TableRow {
        cells: vec![
            TableCell::Text(name.clone()),
            status,
            TableCell::Time(token.expires_at.map(time)),
            TableCell::Time(token.last_used_at.map(time)),
            TableCell::Time(Some(time(token.created_at))),
        ],
        actions: vec![revoke],
        ..TableRow::default()
    }
}
