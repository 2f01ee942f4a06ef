//! `/settings/admin/user-groups`

use super::{
    enter::{Visit, answer},
    words::{delete_action, pairs, source},
};
use crate::{
    model::{ClaimOwner, ConfigKey, Group, GroupId, Timestamp, User},
    operations::{self, Refusal},
    server::{
        browse::{Page, time},
        http::Request,
        pages::{
            GroupPage, GroupTab, Heading, HeadingLink, Layout, PageColumn, PageProblem, PageTable,
            Pick, Question, RowAction, TableCell, TableColumns, TablePage, TableRow, current_tab,
            tabs,
        },
    },
    store::{self, StoreError, Tx, clients, custom_claims, user_list},
};

const PATH: &str = "/settings/admin/user-groups";
const TABS: &[(&str, &str)] = &[
    ("general", "tab.general"),
    ("users", "nav.users"),
    ("clients", "nav.clients"),
    ("claims", "tab.claims"),
];
const COLUMNS: TableColumns = TableColumns {
    name: "groups",
    all: &[
        PageColumn::sorted("groups.friendly_name", "friendlyName"),
        PageColumn::sorted("groups.name", "name"),
        PageColumn::sorted("groups.user_count", "userCount"),
        PageColumn::sorted("table.created", "createdAt"),
        PageColumn::plain("users.source").extra(),
        PageColumn::plain("table.id").extra(),
    ],
};

/// `GET /settings/admin/user-groups`
pub(super) async fn list(req: Request) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let now = visit.req.head.now;
    let page = visit.page(move |tx, query| store::groups::page(tx, query, now)).await?;
    let table = visit.table(&page, COLUMNS, |(group, count)| row(&visit.layout, group, *count));
    let Visit { layout, frame, .. } = visit;
    answer(&TablePage {
        heading: Heading::of(&layout, "nav.groups", "groups.about"),
        tabs: vec![],
        table: PageTable { empty: "groups.none", ..table },
        links: vec![HeadingLink {
            key: "groups.add",
            href: "/settings/admin/user-groups/new",
            is_primary: true,
        }],
        layout,
        frame,
    })
}

fn row(layout: &Layout, group: &Group, count: i64) -> TableRow {
    let name = group.friendly_name.to_string();
    let send = format!("DELETE /api/user-groups/{}", group.id);
    TableRow {
        href: Some(format!("{PATH}/{}", group.id)),
        cells: vec![
            TableCell::Text(name.clone()),
            TableCell::Code(group.name.to_string()),
            TableCell::Text(count.to_string()),
            TableCell::Time(Some(time(group.created_at))),
            source(layout, group.ldap_id.is_some()),
            TableCell::Code(group.id.to_string()),
        ],
        actions: vec![delete_action(layout, &name, send, "groups.delete_text")],
        ..TableRow::default()
    }
}

/// `GET /settings/admin/user-groups/new`
pub(super) async fn new(req: Request) -> Page {
    let Visit { layout, frame, .. } = Visit::of_admin(req, PATH).await?;
    answer(&GroupPage {
        heading: Heading::below(PATH, "nav.groups", layout.t("groups.add")),
        tabs: vec![],
        tab: GroupTab::General,
        id: None,
        name: String::new(),
        friendly_name: String::new(),
        is_kept: false,
        layout,
        frame,
    })
}

/// `GET /settings/admin/user-groups/{id}`
pub(super) async fn show(req: Request, id: String) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let id: GroupId = id.parse().map_err(|_| PageProblem::NotFound)?;
    let tab = current_tab(TABS, visit.asked_tab().as_deref());
    let read = visit.req.app.store().read(move |tx| {
        let group = operations::groups::require(tx, id)?;
        let content = match tab {
            "clients" => clients_of(tx, id)?,
            "claims" => GroupTab::Claims(pairs(custom_claims::list(tx, ClaimOwner::Group(id))?)),
            _ => GroupTab::General,
        };
        Ok::<_, Refusal>((group, content))
    });
    let (group, mut content) = read.await?;
    if tab == "users" {
        content = GroupTab::Users(Box::new(members(&visit, id).await?));
    }
    let is_on = visit.req.app.config().flag(ConfigKey::LdapEnabled);
    let Visit { layout, frame, .. } = visit;
    answer(&GroupPage {
        is_kept: is_on && group.ldap_id.is_some(),
        heading: Heading::below(PATH, "nav.groups", group.friendly_name.to_string()),
        tabs: tabs(&format!("{PATH}/{id}"), TABS, tab),
        tab: content,
        id: Some(id.to_string()),
        name: group.name.to_string(),
        friendly_name: group.friendly_name.to_string(),
        layout,
        frame,
    })
}

const MEMBERS: TableColumns = TableColumns {
    name: "members",
    all: &[
        PageColumn::sorted("users.name", "displayName"),
        PageColumn::sorted("field.username", "username"),
        PageColumn::sorted("field.email", "email"),
        PageColumn::plain("groups.until"),
    ],
};

async fn members(
    visit: &Visit,
    id: GroupId,
) -> Result<PageTable, crate::server::failure::PageError> {
    let now = visit.req.head.now;
    let read = visit.page(move |tx, query| user_list::page_of_group(tx, id, query, now));
    let (page, ends) = read.await?;
    let row = |user: &User| member(&visit.layout, id, user, ends.get(&user.id).copied());
    let table = visit.table(&page, MEMBERS, row);
    Ok(PageTable { empty: "groups.no_users", ..table })
}

fn member(layout: &Layout, group: GroupId, user: &User, end: Option<Timestamp>) -> TableRow {
    let name = user.shown_name();
    TableRow {
        href: Some(format!("/settings/admin/users/{}", user.id)),
        picture: Some(format!("/api/users/{}/profile-picture.png", user.id)),
        cells: vec![
            TableCell::Text(name.clone()),
            TableCell::Text(user.username.to_string()),
            TableCell::Text(user.email.as_ref().map(ToString::to_string).unwrap_or_default()),
            end.map_or_else(
                || TableCell::Text(String::new()),
                |end| TableCell::Time(Some(time(end))),
            ),
        ],
        actions: vec![RowAction {
            label: layout.t("claims.remove").to_owned(),
            name: layout.with("claims.remove_label", "name", &name),
            send: format!("PUT /api/user-groups/{group}/users"),
            without: Some(format!("/api/user-groups/{group} users userIds {}", user.id)),
            ask: Some(Question {
                title: layout.with("groups.remove_user", "name", &name),
                text: layout.t("groups.remove_user_text").to_owned(),
            }),
            said: layout.t("saved").to_owned(),
            is_dangerous: true,
            ..RowAction::default()
        }],
    }
}

/// All clients. Those without a group restriction are ticked and cannot be changed.
fn clients_of(tx: &mut Tx<'_>, id: GroupId) -> Result<GroupTab, StoreError> {
    let own = store::groups::list_client_ids(tx, id)?;
    let picks = clients::list(tx)?.into_iter().map(|client| Pick {
        is_picked: !client.is_group_restricted || own.contains(&client.id),
        is_fixed: !client.is_group_restricted,
        value: client.id.to_string(),
        label: client.name.to_string(),
        detail: client.id.host().unwrap_or_default(),
    });
    Ok(GroupTab::Clients(picks.collect()))
}
