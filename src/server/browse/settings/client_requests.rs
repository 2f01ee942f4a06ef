//! `/settings/admin/client-requests`

use super::{
    enter::{Visit, answer},
    words::badge,
};
use crate::{
    model::ClientRequest,
    operations::client_requests,
    server::{
        browse::{Page, time},
        http::Request,
        pages::{
            Heading, HeadingLink, Layout, PageColumn, PageTable, Question, RowAction, TableCell,
            TableColumns, TablePage, TableRow, Tone,
        },
    },
    store::list::ListPage,
};

const PATH: &str = "/settings/admin/client-requests";
const COLUMNS: TableColumns = TableColumns {
    name: "client-requests",
    all: &[
        PageColumn::plain("client_requests.client"),
        PageColumn::plain("client_requests.kind"),
        PageColumn::plain("client_requests.callbacks"),
        PageColumn::plain("client_requests.from"),
        PageColumn::plain("client_requests.at"),
        PageColumn::plain("table.id").extra(),
    ],
};

/// `GET /settings/admin/client-requests`
pub(super) async fn list(req: Request) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    // All are on one page: their number is bounded.
    let items = visit.req.read_in_line(client_requests::list).await?;
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let page = ListPage { items, total, page: 1, limit: total.max(1) };
    let table = visit.table(&page, COLUMNS, |request| row(&visit.layout, request));
    let Visit { layout, frame, .. } = visit;
    answer(&TablePage {
        heading: Heading::of(&layout, "nav.client_requests", "client_requests.about"),
        tabs: vec![],
        table: PageTable { is_searchable: false, empty: "client_requests.none", ..table },
        links: vec![HeadingLink {
            key: "nav.registration_tokens",
            href: "/settings/admin/registration-tokens",
            is_primary: false,
        }],
        layout,
        frame,
    })
}

fn row(layout: &Layout, request: &ClientRequest) -> TableRow {
    let shown = request.name.as_ref().map_or_else(|| request.id.to_string(), ToString::to_string);
    let kind = if request.id.is_url() { "clients.document" } else { "clients.self_registered" };
    let user = request.username.as_ref().map(ToString::to_string);
    TableRow {
        cells: vec![
            TableCell::Text(shown.clone()),
            badge(layout.t(kind), Tone::Plain),
            TableCell::Code(request.redirect_uris.join(" ")),
            TableCell::Text(user.or_else(|| request.ip_address.clone()).unwrap_or_default()),
            TableCell::Time(Some(time(request.requested_at))),
            TableCell::Code(request.id.to_string()),
        ],
        actions: vec![
            RowAction {
                body: Some(approval(request)),
                ..decision(layout, request, &shown, &APPROVE)
            },
            RowAction { is_dangerous: true, ..decision(layout, request, &shown, &REFUSE) },
        ],
        ..TableRow::default()
    }
}

/// The approval of what this page shows, and of nothing else.
fn approval(request: &ClientRequest) -> String {
    serde_json::json!({ "revision": request.revision }).to_string()
}

/// A decision that an administrator may make.
struct Decision {
    verb: &'static str,
    label: &'static str,
    question: &'static str,
    text: &'static str,
    done: &'static str,
}

const APPROVE: Decision = Decision {
    verb: "approve",
    label: "client_requests.approve",
    question: "client_requests.approve_label",
    text: "client_requests.approve_text",
    done: "client_requests.approve_done",
};

const REFUSE: Decision = Decision {
    verb: "refuse",
    label: "client_requests.refuse",
    question: "client_requests.refuse_label",
    text: "client_requests.refuse_text",
    done: "client_requests.refuse_done",
};

fn decision(layout: &Layout, request: &ClientRequest, shown: &str, made: &Decision) -> RowAction {
    let question = layout.with(made.question, "name", shown);
    RowAction {
        label: layout.t(made.label).to_owned(),
        name: question.clone(),
        send: format!("POST /api/oidc/client-requests/{}/{}", request.id.to_path(), made.verb),
        ask: Some(Question { title: question, text: layout.t(made.text).to_owned() }),
        said: layout.with(made.done, "name", shown),
        ..RowAction::default()
    }
}
