//! The list of clients.

use super::{
    super::{
        enter::{Visit, answer},
        words::{badge, delete_action},
    },
    PATH,
};
use crate::{
    model::{Client, ClientType, RegistrationState},
    server::{
        browse::{Page, logo_path, time},
        http::Request,
        pages::{
            Heading, HeadingLink, Layout, PageColumn, PageTable, TableCell, TableColumns,
            TablePage, TableRow, Tone,
        },
    },
    store::client_lists::{self, ListedClient},
};

const COLUMNS: TableColumns = TableColumns {
    name: "clients",
    all: &[
        PageColumn::sorted("users.name", "name"),
        PageColumn::plain("clients.id"),
        PageColumn::sorted("clients.who", "allowedUserGroupsCount"),
        PageColumn::sorted("clients.kind", "clientType"),
        PageColumn::plain("clients.launch_url").extra(),
        PageColumn::plain("clients.public").extra(),
        PageColumn::sorted("clients.pkce", "pkceEnabled").extra(),
        PageColumn::sorted("clients.par", "requiresPushedAuthorizationRequests").extra(),
        PageColumn::sorted("clients.dpop", "dpopBoundAccessTokens").extra(),
        PageColumn::sorted("clients.profile", "securityProfile").extra(),
        PageColumn::sorted("clients.reauthentication", "requiresReauthentication").extra(),
        PageColumn::sorted("table.created", "createdAt").extra(),
    ],
};
const YES_NO: &[(&str, &str)] = &[("true", "yes"), ("false", "no")];
const KINDS: &[(&str, &str)] = &[
    ("standard", "clients.registered"),
    ("cimd", "clients.document"),
    ("dynamic", "clients.self_registered"),
];

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
            TableCell::Text(
                client.launch_url.as_ref().map(ToString::to_string).unwrap_or_default(),
            ),
            yes_no(layout, client.client_type == ClientType::Public),
            yes_no(layout, client.must_use_pkce()),
            yes_no(layout, client.must_push()),
            yes_no(layout, client.must_bind_tokens()),
            TableCell::Text(client.security_profile.map(|one| one.to_string()).unwrap_or_default()),
            yes_no(layout, client.requires_reauthentication),
            TableCell::Time(Some(time(client.created_at))),
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

fn yes_no(layout: &Layout, is: bool) -> TableCell {
    TableCell::Text(layout.t(if is { "yes" } else { "no" }).to_owned())
}

fn kind(client: &Client) -> &'static str {
    match client.registration {
        _ if client.id.is_url() => "clients.document",
        Some(RegistrationState::Pending) => "clients.pending",
        Some(RegistrationState::Approved) => "clients.self_registered",
        None => "clients.registered",
    }
}
