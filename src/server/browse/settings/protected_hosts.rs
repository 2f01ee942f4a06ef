//! `/settings/admin/protected-hosts`

use std::collections::BTreeSet;

use super::{
    enter::{Visit, answer},
    words::{all_groups, delete_action},
};
use crate::{
    forward_auth::{ProxyEnds, ProxyKind},
    model::{GroupId, IdentityHeaders, ProtectedHost, ProtectedHostId, view::ProtectedHostView},
    operations::{
        Refusal,
        protected_hosts::{require, shown_page},
    },
    server::{
        browse::{Page, time},
        http::Request,
        pages::{
            Heading, HeadingLink, Layout, PageColumn, PageProblem, PageTable, Pick,
            ProtectedHostForm, ProtectedHostPage, ProxyLines, TableCell, TableColumns, TablePage,
            TableRow,
        },
    },
    store::groups,
};

const PATH: &str = "/settings/admin/protected-hosts";
const COLUMNS: TableColumns = TableColumns {
    name: "protected-hosts",
    all: &[
        PageColumn::sorted("protected.host", "host"),
        PageColumn::plain("protected.lets_in"),
        PageColumn::sorted("table.created", "createdAt").extra(),
        PageColumn::plain("table.id").extra(),
    ],
};

/// `GET /settings/admin/protected-hosts`
pub(super) async fn list(req: Request) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let page = visit.page(shown_page).await?;
    let table = visit.table(&page, COLUMNS, |host| row(&visit.layout, host));
    let Visit { layout, frame, .. } = visit;
    answer(&TablePage {
        heading: Heading::of(&layout, "nav.protected_hosts", "protected.about"),
        tabs: vec![],
        table: PageTable { empty: "protected.none", ..table },
        links: vec![HeadingLink {
            key: "protected.add",
            href: "/settings/admin/protected-hosts/new",
            is_primary: true,
        }],
        layout,
        frame,
    })
}

fn row(layout: &Layout, host: &ProtectedHostView) -> TableRow {
    let name = host.host().to_string();
    let lets_in = match host.group_names() {
        None => layout.t("protected.everyone").to_owned(),
        Some(names) if names.is_empty() => layout.t("protected.nobody").to_owned(),
        Some(names) => names.join(", "),
    };
    let send = format!("DELETE /api/protected-hosts/{}", host.id());
    TableRow {
        href: Some(format!("{PATH}/{}", host.id())),
        cells: vec![
            TableCell::Text(name.clone()),
            TableCell::Text(lets_in),
            TableCell::Time(Some(time(host.created_at()))),
            TableCell::Code(host.id().to_string()),
        ],
        actions: vec![delete_action(layout, &name, send, "protected.delete_text")],
        ..TableRow::default()
    }
}

/// `GET /settings/admin/protected-hosts/new`
pub(super) async fn new(req: Request) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let picks = all_groups(&visit.req.app).await?;
    let Visit { layout, frame, .. } = visit;
    answer(&ProtectedHostPage {
        heading: Heading::below(PATH, "nav.protected_hosts", layout.t("protected.add")),
        id: None,
        is_open: false,
        form: form(None),
        picks,
        proxies: vec![],
        layout,
        frame,
    })
}

/// `GET /settings/admin/protected-hosts/{id}`
pub(super) async fn show(req: Request, id: String) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let id: ProtectedHostId = id.parse().map_err(|_| PageProblem::NotFound)?;
    let read = visit.req.app.store().read(move |tx| {
        let host = require(tx, id)?;
        let groups = groups::list_of_protected_host(tx, id)?;
        let groups: BTreeSet<GroupId> = groups.iter().map(|group| group.id).collect();
        Ok::<_, Refusal>((host, groups))
    });
    let (host, groups) = read.await?;
    let is_picked = |pick: &Pick| pick.value.parse().is_ok_and(|id| groups.contains(&id));
    let picks = all_groups(&visit.req.app).await?.into_iter();
    let picks = picks.map(|pick| Pick { is_picked: is_picked(&pick), ..pick }).collect();
    let ends = ProxyEnds::local(visit.req.app.settings().listen.port());
    let Visit { layout, frame, .. } = visit;
    answer(&ProtectedHostPage {
        heading: Heading::below(PATH, "nav.protected_hosts", host.host.to_string()),
        id: Some(id.to_string()),
        is_open: host.open_paths.open_all(),
        form: form(Some(&host)),
        picks,
        proxies: ProxyKind::ALL.into_iter().map(|kind| lines(kind, &host, &ends)).collect(),
        layout,
        frame,
    })
}

fn lines(kind: ProxyKind, host: &ProtectedHost, ends: &ProxyEnds) -> ProxyLines {
    let name = match kind {
        ProxyKind::Caddy => "Caddy",
        ProxyKind::Nginx => "nginx",
        ProxyKind::Traefik => "Traefik",
    };
    ProxyLines { id: kind.as_str(), name, lines: kind.lines(host, ends) }
}

/// The fields of a host; the usual ones of a new one.
fn form(host: Option<&ProtectedHost>) -> ProtectedHostForm {
    let usual = IdentityHeaders::default();
    let headers = host.map_or(&usual, |host| &host.headers);
    let paths = host.map_or(&[][..], |host| host.open_paths.paths());
    let paths: Vec<_> = paths.iter().map(|path| path.as_str()).collect();
    ProtectedHostForm {
        host: host.map(|host| host.host.to_string()).unwrap_or_default(),
        is_restricted: host.is_some_and(|host| host.is_group_restricted),
        session_minutes: host.map_or(ProtectedHost::USUAL_SESSION, |host| host.session_seconds)
            / 60,
        open_paths: paths.join("\n"),
        user_header: headers.user.as_str().to_owned(),
        name_header: headers.name.as_str().to_owned(),
        email_header: headers.email.as_str().to_owned(),
        groups_header: headers.groups.as_str().to_owned(),
        id_header: headers.id.as_str().to_owned(),
        accepts_bearer_tokens: host.is_some_and(|host| host.accepts_bearer_tokens),
        accepts_api_keys: host.is_some_and(|host| host.accepts_api_keys),
    }
}
