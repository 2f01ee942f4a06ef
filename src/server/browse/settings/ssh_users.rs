//! `/settings/admin/ssh/users`

use serde_json::json;

use super::{
    enter::{Visit, answer},
    ssh::{PATH, USERS, ssh_tabs},
    words::badge,
};
use crate::{
    model::view::SshUserView,
    operations::ssh::users,
    server::{
        browse::{Page, time},
        http::Request,
        pages::{
            Heading, Layout, PageColumn, PageTable, Question, RowAction, TableCell, TableColumns,
            TablePage, TableRow, Tone,
        },
    },
};

const COLUMNS: TableColumns = TableColumns {
    name: "ssh-users",
    all: &[
        PageColumn::sorted("field.username", "username"),
        PageColumn::sorted("users.status", "state"),
        PageColumn::plain("ssh.may_enter"),
        PageColumn::plain("ssh.once_confirmed"),
        PageColumn::sorted("ssh.held_since", "heldAt").extra(),
        PageColumn::plain("table.id").extra(),
    ],
};
const STATES: &[(&str, &str)] = &[
    ("confirmed", "ssh.state_confirmed"),
    ("waiting", "ssh.state_waiting"),
    ("held", "ssh.state_held"),
    ("withdrawn", "ssh.state_withdrawn"),
];

/// `GET /settings/admin/ssh/users`
pub(super) async fn list(req: Request) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let now = visit.req.head.now;
    let page = visit.page(move |tx, query| users::shown_page(tx, query, now)).await?;
    let mut table = visit.table(&page, COLUMNS, |one| row(&visit.layout, one));
    table.filters = vec![visit.filter(&table, "state", "users.status", STATES)];
    let Visit { layout, frame, .. } = visit;
    answer(&TablePage {
        heading: Heading::of(&layout, "nav.ssh", "ssh.about"),
        tabs: ssh_tabs(USERS),
        table: PageTable { empty: "ssh.no_users", ..table },
        links: vec![],
        layout,
        frame,
    })
}

fn row(layout: &Layout, user: &SshUserView) -> TableRow {
    let word = STATES.iter().find(|(state, _)| *state == user.state());
    let word = word.map_or("ssh.state_waiting", |(_, word)| *word);
    let tone = match user.state() {
        "confirmed" => Tone::Good,
        "waiting" => Tone::Plain,
        _ => Tone::Bad,
    };
    let mut actions = Vec::new();
    if !user.is_confirmed() {
        actions.push(confirm(layout, user));
    }
    if !user.is_withdrawn() {
        actions.push(withdraw(layout, user));
    }
    let none = TableCell::Text(String::new());
    let held_since = user.held_at().map_or(none, |at| TableCell::Time(Some(time(at))));
    TableRow {
        // Their passkeys are there.
        href: Some(format!("/settings/admin/users/{}", user.id())),
        cells: vec![
            TableCell::Text(user.username().to_string()),
            badge(layout.t(word), tone),
            TableCell::Text(user.accounts().join(", ")),
            TableCell::Text(user.accounts_when_confirmed().join(", ")),
            held_since,
            TableCell::Code(user.id().to_string()),
        ],
        actions,
        ..TableRow::default()
    }
}

/// Says what was shown, so that somebody who changed meanwhile is not confirmed.
fn confirm(layout: &Layout, user: &SshUserView) -> RowAction {
    let name = user.username().as_str();
    let seen = json!({ "username": name, "heldAt": user.held_at() });
    RowAction {
        label: layout.t("ssh.confirm").to_owned(),
        name: layout.with("ssh.confirm_label", "name", name),
        send: format!("POST /api/ssh-users/{}/confirm", user.id()),
        body: Some(seen.to_string()),
        ask: Some(Question {
            title: layout.with("ssh.confirm_question", "name", name),
            text: layout.t("ssh.confirm_text").to_owned(),
        }),
        said: layout.t("ssh.confirmed").to_owned(),
        ..RowAction::default()
    }
}

fn withdraw(layout: &Layout, user: &SshUserView) -> RowAction {
    let name = user.username().as_str();
    RowAction {
        label: layout.t("ssh.withdraw").to_owned(),
        name: layout.with("ssh.withdraw_label", "name", name),
        send: format!("POST /api/ssh-users/{}/withdraw", user.id()),
        ask: Some(Question {
            title: layout.with("ssh.withdraw_question", "name", name),
            text: layout.t("ssh.withdraw_text").to_owned(),
        }),
        said: layout.t("ssh.withdrawn").to_owned(),
        is_dangerous: true,
        ..RowAction::default()
    }
}
