//! The list of clients.

use super::{
    super::{
        enter::{Visit, answer},
        words::{badge, delete_action},
    },
    PATH,
};
use crate::{
    model::Client,
    server::{
        browse::{Page, logo_path},
        http::Request,
        pages::{
            Heading, HeadingLink, Layout, PageColumn, PageTable, TableCell, TablePage, TableRow,
            Tone,
        },
    },
    store::client_lists::{self, ListedClient},
};

const COLUMNS: &[PageColumn] = &[
    PageColumn::sorted("users.name", "name"),
    PageColumn::plain("clients.id"),
    PageColumn::sorted("clients.who", "allowedUserGroupsCount"),
    PageColumn::sorted("clients.kind", "clientType"),
];
const YES_NO: &[(&str, &str)] = &[("true", "yes"), ("false", "no")];
const KINDS: &[(&str, &str)] = &[("standard", "clients.registered"), ("cimd", "clients.document")];

/// `GET /settings/admin/oidc-clients`
pub(in crate::server::browse::settings) async fn list(req: Request) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let page = visit.page(client_lists::page).await?;
    let table = visit.table(&page, COLUMNS, |client| row(&visit.layout, client));
    let filters = vec![
        visit.filter(&table, "isGroupRestricted", "clients.restricted", YES_NO),
        visit.filter(&table, "clientType", "clients.kind", KINDS),
    ];
    let Visit { layout, frame, .. } = visit;
    answer(&TablePage {
        heading: Heading::of(&layout, "nav.clients", "clients.about"),
        tabs: vec![],
        table: PageTable { filters, empty: "clients.none", ..table },
        links: vec![HeadingLink {
            key: "clients.add",
            href: "/settings/admin/oidc-clients/new",
            is_primary: true,
        }],
        layout,
        frame,
    })
}

fn row(layout: &Layout, listed: &ListedClient) -> TableRow {
    let client = &listed.parts.client;
    let (name, path) = (client.name.to_string(), client.id.to_path());
    TableRow {
        href: Some(format!("{PATH}/{path}")),
        picture: listed.parts.logos.light.then(|| logo_path(client)),
        cells: vec![
            TableCell::Text(name.clone()),
            TableCell::Code(client.id.to_string()),
            who(layout, client, listed.group_count),
            TableCell::Text(layout.t(kind(client)).to_owned()),
        ],
        actions: vec![delete_action(
            layout,
            &name,
            format!("DELETE /api/oidc/clients/{path}"),
            "clients.delete_text",
        )],
    }
}

fn who(layout: &Layout, client: &Client, groups: i64) -> TableCell {
    if !client.is_group_restricted {
        badge(layout.t("clients.everybody"), Tone::Plain)
    } else if groups == 0 {
        badge(layout.t("clients.nobody"), Tone::Bad)
    } else {
        badge(layout.with("clients.groups", "count", groups.to_string()), Tone::Good)
    }
}

fn kind(client: &Client) -> &'static str {
    if client.id.is_url() { "clients.document" } else { "clients.registered" }
}
