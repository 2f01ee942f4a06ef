//! `/settings/admin/apis`

use super::{
    enter::{Visit, answer},
    words::{badge, delete_action},
};
use crate::{
    model::{Api, ApiId, Permission, view::ApiClient},
    operations::{self, Refusal},
    server::{
        browse::Page,
        failure::PageError,
        http::Request,
        pages::{
            ApiPage, ApiTab, Heading, HeadingLink, Layout, PageColumn, PageProblem, PageTable,
            PermissionRow, Pick, TableCell, TableColumns, TablePage, TableRow, Tone, current_tab,
            tabs,
        },
    },
    store::{api_clients, apis},
};

const PATH: &str = "/settings/admin/apis";
const TABS: &[(&str, &str)] = &[
    ("general", "tab.general"),
    ("permissions", "apis.permissions"),
    ("clients", "nav.clients"),
    ("metadata", "apis.metadata"),
];
const COLUMNS: TableColumns = TableColumns {
    name: "apis",
    all: &[
        PageColumn::sorted("users.name", "name"),
        PageColumn::sorted("apis.resource", "resource"),
        PageColumn::plain("apis.permissions"),
        PageColumn::plain("apis.metadata"),
        PageColumn::plain("table.id").extra(),
    ],
};

/// `GET /settings/admin/apis`
pub(super) async fn list(req: Request) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let page = visit.page(apis::page).await?;
    let table = visit.table(&page, COLUMNS, |api| row(&visit.layout, api));
    let Visit { layout, frame, .. } = visit;
    answer(&TablePage {
        heading: Heading::of(&layout, "nav.apis", "apis.about"),
        tabs: vec![],
        table: PageTable { empty: "apis.none", ..table },
        links: vec![HeadingLink {
            key: "apis.add",
            href: "/settings/admin/apis/new",
            is_primary: true,
        }],
        layout,
        frame,
    })
}

fn row(layout: &Layout, api: &Api) -> TableRow {
    let name = api.name.to_string();
    let (key, tone) =
        if api.is_open_to_metadata_clients { ("yes", Tone::Good) } else { ("no", Tone::Plain) };
    let send = format!("DELETE /api/apis/{}", api.id);
    TableRow {
        href: Some(format!("{PATH}/{}", api.id)),
        cells: vec![
            TableCell::Text(name.clone()),
            TableCell::Code(api.resource.to_string()),
            TableCell::Text(api.permissions.len().to_string()),
            badge(layout.t(key), tone),
            TableCell::Code(api.id.to_string()),
        ],
        actions: vec![delete_action(layout, &name, send, "apis.delete_text")],
        ..TableRow::default()
    }
}

/// `GET /settings/admin/apis/new`
pub(super) async fn new(req: Request) -> Page {
    let Visit { layout, frame, .. } = Visit::of_admin(req, PATH).await?;
    answer(&ApiPage {
        heading: Heading::below(PATH, "nav.apis", layout.t("apis.add")),
        tabs: vec![],
        tab: ApiTab::General,
        id: None,
        name: String::new(),
        resource: String::new(),
        layout,
        frame,
    })
}

/// `GET /settings/admin/apis/{id}`
pub(super) async fn show(req: Request, id: String) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let id: ApiId = id.parse().map_err(|_| PageProblem::NotFound)?;
    let tab = current_tab(TABS, visit.asked_tab().as_deref());
    let api = visit.req.app.store().read(move |tx| operations::apis::require(tx, id)).await?;
    let content = match tab {
        "permissions" => ApiTab::Permissions(api.permissions.iter().map(permission).collect()),
        "clients" => ApiTab::Clients(Box::new(clients_of(&visit, &api).await?)),
        "metadata" => ApiTab::Metadata {
            is_open: api.is_open_to_metadata_clients,
            picks: api.permissions.iter().map(pick).collect(),
        },
        _ => ApiTab::General,
    };
    let Visit { layout, frame, .. } = visit;
    answer(&ApiPage {
        heading: Heading::below(PATH, "nav.apis", api.name.to_string()),
        tabs: tabs(&format!("{PATH}/{id}"), TABS, tab),
        tab: content,
        id: Some(id.to_string()),
        name: api.name.to_string(),
        resource: api.resource.to_string(),
        layout,
        frame,
    })
}

fn permission(permission: &Permission) -> PermissionRow {
    PermissionRow {
        key: permission.key.to_string(),
        name: permission.name.to_string(),
        description: permission.description.to_string(),
    }
}

fn pick(permission: &Permission) -> Pick {
    Pick {
        value: permission.id.to_string(),
        label: permission.name.to_string(),
        detail: permission.key.to_string(),
        is_picked: permission.is_open_to_metadata_clients,
        is_fixed: false,
    }
}

const CLIENTS: TableColumns = TableColumns {
    name: "api-clients",
    all: &[PageColumn::sorted("users.name", "name"), PageColumn::plain("clients.id")],
};

async fn clients_of(visit: &Visit, api: &Api) -> Result<PageTable, PageError> {
    let id = api.id;
    let page =
        visit.page(move |tx, query| Ok::<_, Refusal>(api_clients::page_of_api(tx, id, query)?));
    let table = visit.table(&page.await?, CLIENTS, |client| client_row(&visit.layout, api, client));
    Ok(PageTable { empty: "apis.no_clients", ..table })
}

fn client_row(layout: &Layout, api: &Api, client: &ApiClient) -> TableRow {
    let (name, path) = (client.name.to_string(), client.id.to_path());
    let send = format!("DELETE /api/apis/{}/clients/{path}", api.id);
    TableRow {
        href: Some(format!("/settings/admin/oidc-clients/{path}?tab=apis")),
        cells: vec![TableCell::Text(name.clone()), TableCell::Code(client.id.to_string())],
        actions: vec![delete_action(layout, &name, send, "clients.revoke_api_text")],
        ..TableRow::default()
    }
}
