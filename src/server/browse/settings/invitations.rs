//! `/settings/admin/signup-tokens`

use super::{
    enter::Visit,
    words::{all_groups, badge, delete_action},
};
use crate::{
    model::{Group, SignupToken, Timestamp},
    operations::signup_tokens,
    server::{
        browse::{Page, time},
        failure::render,
        http::Request,
        pages::{
            Heading, InvitationsPage, Layout, PageColumn, RowAction, TableCell, TableColumns,
            TableRow, Tone,
        },
    },
    store,
};

const USERS: &str = "/settings/admin/users";
const COLUMNS: TableColumns = TableColumns {
    name: "invitations",
    all: &[
        PageColumn::plain("invitations.token"),
        PageColumn::plain("users.status"),
        PageColumn::sorted("invitations.usage", "usageCount"),
        PageColumn::plain("nav.groups"),
        PageColumn::sorted("table.expires", "expiresAt"),
        PageColumn::sorted("table.created", "createdAt"),
    ],
};

/// `GET /settings/admin/signup-tokens`
pub(super) async fn list(req: Request) -> Page {
    let visit = Visit::of_admin(req, USERS).await?;
    let now = visit.req.head.now;
    let page = visit.page(move |tx, query| store::signup_tokens::page(tx, query, now)).await?;
    let master_key = &visit.req.app.key_store().master_key;
    let base = visit.layout.app_url.clone();
    let mut table = visit.table(&page, COLUMNS, |(invitation, groups)| {
        let token = signup_tokens::open(invitation, master_key);
        let link = token.map(|token| format!("{base}/st/{}", token.expose()));
        row(&visit.layout, invitation, groups, link, now)
    });
    table.is_searchable = false;
    table.empty = "invitations.none";
    let picks = all_groups(&visit.req.app).await?;
    let Visit { layout, frame, .. } = visit;
    let heading = Heading {
        about: Some(layout.t("invitations.about").to_owned()),
        ..Heading::below(USERS, "nav.users", layout.t("invitations.title"))
    };
    // It shows secrets, so that it is not compressed.
    Ok(render(&InvitationsPage { heading, table, picks, layout, frame }))
}

fn row(
    layout: &Layout,
    invitation: &SignupToken,
    groups: &[Group],
    link: Option<String>,
    now: Timestamp,
) -> TableRow {
    let names: Vec<_> = groups.iter().map(|group| group.friendly_name.as_str()).collect();
    let (key, tone) = if invitation.is_used_up() {
        ("invitations.used_up", Tone::Bad)
    } else if invitation.expires_at <= now {
        ("invitations.expired", Tone::Bad)
    } else {
        ("users.active", Tone::Good)
    };
    let (count, limit) = (invitation.usage_count.to_string(), invitation.usage_limit.to_string());
    let usage = [("count", count.as_str()), ("limit", limit.as_str())];
    let short = link.as_deref().and_then(|link| link.rsplit('/').next()).unwrap_or_default();
    let short = format!("{}\u{2026}", short.chars().take(4).collect::<String>());
    let copy = link.map(|link| RowAction {
        label: layout.t("invitations.copy").to_owned(),
        name: layout.t("invitations.copy").to_owned(),
        copy: Some(link),
        ..RowAction::default()
    });
    let send = format!("DELETE /api/signup-tokens/{}", invitation.id);
    TableRow {
        cells: vec![
            TableCell::Code(short.clone()),
            badge(layout.t(key), tone),
            TableCell::Text(layout.messages.with("invitations.usage_of", &usage)),
            TableCell::Text(names.join(", ")),
            TableCell::Time(Some(time(invitation.expires_at))),
            TableCell::Time(Some(time(invitation.created_at))),
        ],
        actions: copy
            .into_iter()
            .chain([delete_action(layout, &short, send, "invitations.delete_text")])
            .collect(),
        ..TableRow::default()
    }
}
