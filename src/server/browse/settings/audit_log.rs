//! `/settings/audit-log` and `/settings/admin/audit-log`

use std::collections::BTreeMap;

use super::enter::{Visit, answer};
use crate::{
    model::{EventKind, LoggedEvent, UserId, Username},
    server::{
        browse::{Page, time},
        http::Request,
        pages::{
            Heading, Layout, PageColumn, PageTable, TableCell, TableColumns, TableFilter,
            TablePage, TableRow, describe_browser,
        },
    },
    store::{StoreError, Tx, audit_events, list::ListPage, users},
};

const OWN: &str = "/settings/audit-log";
const ALL: &str = "/settings/admin/audit-log";

/// The most users that the filter offers: each one makes the page heavier.
const MAX_OFFERED: i64 = 200;

const OF_USER: TableColumns = TableColumns {
    name: "own-audit-log",
    all: &[
        PageColumn::plain("audit.event"),
        PageColumn::sorted("audit.time", "createdAt"),
        PageColumn::plain("audit.about"),
        PageColumn::sorted("audit.address", "ipAddress"),
        PageColumn::sorted("audit.location", "country"),
        PageColumn::plain("audit.device"),
    ],
};
const OF_ALL: TableColumns = TableColumns {
    name: "audit-log",
    all: &[
        PageColumn::plain("audit.event"),
        PageColumn::sorted("audit.time", "createdAt"),
        PageColumn::plain("users.user"),
        PageColumn::plain("audit.actor"),
        PageColumn::plain("audit.about"),
        PageColumn::sorted("audit.address", "ipAddress"),
        PageColumn::sorted("audit.location", "country").extra(),
        PageColumn::plain("audit.device"),
    ],
};

/// `GET /settings/audit-log`
pub(super) async fn list_own(req: Request) -> Page {
    let visit = Visit::of_user(req, OWN).await?;
    let user_id = visit.req.who.user.id;
    let page = visit.page(move |tx, query| audit_events::page_of_user(tx, user_id, query)).await?;
    let table = visit.table(&page, OF_USER, |event| row(&visit.layout, event, false));
    let filters = vec![event_filter(&visit, &table)];
    let Visit { layout, frame, .. } = visit;
    answer(&TablePage {
        heading: Heading::of(&layout, "nav.own_audit_log", "audit.about_own"),
        tabs: vec![],
        table: PageTable { is_searchable: false, filters, ..table },
        links: vec![],
        layout,
        frame,
    })
}

/// `GET /settings/admin/audit-log`
pub(super) async fn list_all(req: Request) -> Page {
    let visit = Visit::of_admin(req, ALL).await?;
    // The filters are read with the page, so that it has one turn in the queue.
    let chosen = visit.req.head.query_value("filters[userID]").and_then(|id| id.parse().ok());
    let read = visit.page(move |tx, query| {
        let page = audit_events::page(tx, query)?;
        let users = offered_users(tx, &page, chosen)?;
        Ok::<_, StoreError>((page, users, audit_events::client_names(tx)?))
    });
    let (page, users, clients) = read.await?;
    let table = visit.table(&page, OF_ALL, |event| row(&visit.layout, event, true));
    let choice = |(name, id): (String, UserId)| (id.to_string(), name);
    let named_users = users.into_iter();
    let clients = clients.into_iter().map(|name| (name.clone(), name));
    let filters = vec![
        event_filter(&visit, &table),
        table.filter("userID", "users.user", named_users.map(choice).collect()),
        table.filter("clientName", "nav.client", clients.collect()),
    ];
    let Visit { layout, frame, .. } = visit;
    answer(&TablePage {
        heading: Heading::of(&layout, "nav.audit_log", "audit.about_all"),
        tabs: vec![],
        table: PageTable { is_searchable: false, filters, ..table },
        links: vec![],
        layout,
        frame,
    })
}

/// The users that the filter offers. Where too many have entries, those who are on this page of the log
/// and the chosen one; the page of any other user leads to their entries.
fn offered_users(
    tx: &mut Tx<'_>,
    page: &ListPage<LoggedEvent>,
    chosen: Option<UserId>,
) -> Result<BTreeMap<String, UserId>, StoreError> {
    let all = audit_events::users(tx, MAX_OFFERED + 1)?;
    let has_all = all.len() <= usize::try_from(MAX_OFFERED).unwrap_or(usize::MAX);
    let named = |(id, name): (UserId, Username)| (name.to_string(), id);
    if has_all {
        return Ok(all.into_iter().map(named).collect());
    }
    let shown = page.items.iter().filter_map(|event| event.user.clone());
    let mut offered: BTreeMap<_, _> = shown.map(named).collect();
    if let Some(user) = chosen.map(|id| users::find(tx, id)).transpose()?.flatten() {
        offered.insert(user.username.to_string(), user.id);
    }
    Ok(offered)
}

fn event_filter(visit: &Visit, table: &PageTable) -> TableFilter {
    let choice =
        |kind: &EventKind| (kind.as_str().to_owned(), event_text(&visit.layout, kind.as_str()));
    table.filter("event", "audit.event", EventKind::ALL.iter().map(choice).collect())
}

/// The name of an event for people; that of the log, if there is none.
fn event_text(layout: &Layout, kind: &str) -> String {
    let key = format!("event.{kind}");
    let text = layout.t(&key);
    if text == key { kind.to_owned() } else { text.to_owned() }
}

/// The name of an actor without an account.
fn actor_text(layout: &Layout, event: &LoggedEvent) -> String {
    match (event.scim_token(), event.actor.as_str()) {
        (Some(name), _) => format!("{name} (SCIM)"),
        (None, "cli") => layout.t("audit.terminal").to_owned(),
        (None, actor) => actor.to_owned(),
    }
}

fn row(layout: &Layout, event: &LoggedEvent, is_for_admin: bool) -> TableRow {
    let agent = event.user_agent.as_deref();
    let name = |user: &Option<(_, crate::model::Username)>| {
        user.as_ref().map(|(_, username)| username.to_string()).unwrap_or_default()
    };
    let mut cells = vec![
        TableCell::Text(event_text(layout, &event.kind)),
        TableCell::Time(Some(time(event.created_at))),
    ];
    if is_for_admin {
        let by = event
            .actor_user
            .as_ref()
            .map_or_else(|| actor_text(layout, event), |(_, name)| name.to_string());
        cells.extend([TableCell::Text(name(&event.user)), TableCell::Text(by)]);
    }
    cells.extend([
        TableCell::Text(about(event)),
        TableCell::Text(event.ip_address.clone().unwrap_or_default()),
        TableCell::Text(event.location.describe().unwrap_or_default()),
        TableCell::Text(
            agent.map(|agent| describe_browser(agent, layout.messages)).unwrap_or_default(),
        ),
    ]);
    TableRow { cells, ..TableRow::default() }
}

/// The object of an event: the name in its data, or else the id.
fn about(event: &LoggedEvent) -> String {
    const NAMES: [&str; 7] =
        ["clientName", "name", "username", "passkeyName", "key", "groupName", "scimTokenName"];
    let named = NAMES.iter().find_map(|name| event.data.get(*name).cloned());
    named.or_else(|| event.object_id.clone()).unwrap_or_default()
}
