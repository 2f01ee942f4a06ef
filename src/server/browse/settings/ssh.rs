//! `/settings/admin/ssh`

use std::collections::BTreeSet;

use super::{
    enter::{Visit, answer},
    words::{all_groups, badge, delete_action},
};
use crate::{
    crypto::ssh::SshCertificateKind,
    model::{
        GroupId, SshAccountId,
        view::{SshAccountView, SshCaKeyView, SshCertificateView},
    },
    operations::{
        Refusal,
        ssh::{accounts, ca_keys, certificates},
    },
    server::{
        browse::{Page, time},
        http::Request,
        pages::{
            Heading, HeadingLink, Layout, PageColumn, PageProblem, PageTable, Pick, Question,
            RowAction, SshAccountPage, SshHostsPage, SshLines, Tab, TableAddress, TableCell,
            TableColumns, TablePage, TableRow, Tone,
        },
    },
    ssh::{HostLines, trusted_lines},
    store::{StoreError, groups},
};

pub(super) const PATH: &str = "/settings/admin/ssh";
const CERTIFICATES: &str = "/settings/admin/ssh/certificates";
pub(super) const USERS: &str = "/settings/admin/ssh/users";
const HOSTS: &str = "/settings/admin/ssh/hosts";
const ACCOUNT_COLUMNS: TableColumns = TableColumns {
    name: "ssh-accounts",
    all: &[
        PageColumn::sorted("ssh.account", "account"),
        PageColumn::plain("protected.lets_in"),
        PageColumn::plain("table.id").extra(),
    ],
};
const CERTIFICATE_COLUMNS: TableColumns = TableColumns {
    name: "ssh-certificates",
    all: &[
        PageColumn::sorted("users.name", "keyId"),
        PageColumn::plain("ssh.kind"),
        PageColumn::plain("ssh.good_for"),
        PageColumn::sorted("table.expires", "expiresAt"),
        PageColumn::sorted("table.created", "createdAt").extra(),
        PageColumn::plain("ssh.serial").extra(),
    ],
};
const KEY_COLUMNS: &[PageColumn] = &[
    PageColumn::plain("ssh.kind"),
    PageColumn::plain("users.status"),
    PageColumn::plain("ssh.fingerprint"),
    PageColumn::plain("table.created"),
];

pub(super) fn ssh_tabs(current: &str) -> Vec<Tab> {
    let tab = |(key, href): (&'static str, &str)| Tab {
        key,
        href: href.to_owned(),
        is_current: href == current,
    };
    [
        ("ssh.accounts", PATH),
        ("ssh.users", USERS),
        ("ssh.certificates", CERTIFICATES),
        ("ssh.hosts", HOSTS),
    ]
    .map(tab)
    .into()
}

/// `GET /settings/admin/ssh`
pub(super) async fn accounts(req: Request) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let page = visit.page(accounts::shown_page).await?;
    let table = visit.table(&page, ACCOUNT_COLUMNS, |one| account_row(&visit.layout, one));
    let Visit { layout, frame, .. } = visit;
    answer(&TablePage {
        heading: Heading::of(&layout, "nav.ssh", "ssh.about"),
        tabs: ssh_tabs(PATH),
        table: PageTable { empty: "ssh.no_accounts", ..table },
        links: vec![HeadingLink {
            key: "ssh.add",
            href: "/settings/admin/ssh/accounts/new",
            is_primary: true,
        }],
        layout,
        frame,
    })
}

fn account_row(layout: &Layout, account: &SshAccountView) -> TableRow {
    let name = account.account().to_string();
    let lets_in = match account.group_names() {
        None => layout.t("protected.everyone").to_owned(),
        Some(names) if names.is_empty() => layout.t("protected.nobody").to_owned(),
        Some(names) => names.join(", "),
    };
    let send = format!("DELETE /api/ssh-accounts/{}", account.id());
    TableRow {
        href: Some(format!("{PATH}/accounts/{}", account.id())),
        cells: vec![
            TableCell::Code(name.clone()),
            TableCell::Text(lets_in),
            TableCell::Code(account.id().to_string()),
        ],
        actions: vec![delete_action(layout, &name, send, "ssh.delete_text")],
        ..TableRow::default()
    }
}

/// `GET /settings/admin/ssh/accounts/new`
pub(super) async fn new(req: Request) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let picks = all_groups(&visit.req.app).await?;
    let Visit { layout, frame, .. } = visit;
    answer(&SshAccountPage {
        heading: Heading::below(PATH, "nav.ssh", layout.t("ssh.add")),
        id: None,
        account: String::new(),
        is_for_everyone: false,
        picks,
        layout,
        frame,
    })
}

/// `GET /settings/admin/ssh/accounts/{id}`
pub(super) async fn show(req: Request, id: String) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let id: SshAccountId = id.parse().map_err(|_| PageProblem::NotFound)?;
    let read = visit.req.app.store().read(move |tx| {
        let account = accounts::require(tx, id)?;
        let groups = groups::list_of_ssh_account(tx, id)?;
        let groups: BTreeSet<GroupId> = groups.iter().map(|group| group.id).collect();
        Ok::<_, Refusal>((account, groups))
    });
    let (account, groups) = read.await?;
    let is_picked = |pick: &Pick| pick.value.parse().is_ok_and(|id| groups.contains(&id));
    let picks = all_groups(&visit.req.app).await?.into_iter();
    let picks = picks.map(|pick| Pick { is_picked: is_picked(&pick), ..pick }).collect();
    let Visit { layout, frame, .. } = visit;
    answer(&SshAccountPage {
        heading: Heading::below(PATH, "nav.ssh", account.account.to_string()),
        id: Some(id.to_string()),
        account: account.account.to_string(),
        is_for_everyone: account.is_for_everyone,
        picks,
        layout,
        frame,
    })
}

/// `GET /settings/admin/ssh/certificates`
pub(super) async fn certificates(req: Request) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let now = visit.req.head.now;
    let page = visit.page(move |tx, query| certificates::shown_page(tx, query, now)).await?;
    let table = visit.table(&page, CERTIFICATE_COLUMNS, |one| certificate_row(&visit.layout, one));
    let Visit { layout, frame, .. } = visit;
    answer(&TablePage {
        heading: Heading::of(&layout, "nav.ssh", "ssh.about"),
        tabs: ssh_tabs(CERTIFICATES),
        table: PageTable { empty: "ssh.no_certificates", ..table },
        links: vec![],
        layout,
        frame,
    })
}

fn certificate_row(layout: &Layout, certificate: &SshCertificateView) -> TableRow {
    let name = certificate.key_id().to_owned();
    let revoke = RowAction {
        label: layout.t("ssh.revoke").to_owned(),
        name: layout.with("ssh.revoke_label", "name", &name),
        send: format!("DELETE /api/ssh-certificates/{}", certificate.id()),
        ask: Some(Question {
            title: layout.with("ssh.revoke_question", "name", &name),
            text: layout.t("ssh.revoke_text").to_owned(),
        }),
        said: layout.t("ssh.revoked").to_owned(),
        is_dangerous: true,
        ..RowAction::default()
    };
    TableRow {
        cells: vec![
            TableCell::Text(name),
            TableCell::Text(kind(layout, certificate.kind())),
            TableCell::Text(certificate.principals().join(", ")),
            TableCell::Time(Some(time(certificate.expires_at()))),
            TableCell::Time(Some(time(certificate.created_at()))),
            TableCell::Code(certificate.serial().to_owned()),
        ],
        actions: vec![revoke],
        ..TableRow::default()
    }
}

fn kind(layout: &Layout, kind: &str) -> String {
    layout.t(if kind == "host" { "ssh.kind_host" } else { "ssh.kind_user" }).to_owned()
}

/// `GET /settings/admin/ssh/hosts`
pub(super) async fn hosts(req: Request) -> Page {
    let Visit { req, layout, frame } = Visit::of_admin(req, PATH).await?;
    let read =
        req.app.store().read(|tx| Ok::<_, StoreError>((ca_keys::all(tx)?, ca_keys::shown(tx)?)));
    let (keys, shown) = read.await?;
    let count = i64::try_from(shown.len()).unwrap_or(i64::MAX);
    let table = PageTable {
        name: "ssh-keys",
        choices: vec![],
        columns: KEY_COLUMNS.to_vec(),
        rows: shown.iter().map(|key| key_row(&layout, key)).collect(),
        filters: vec![],
        address: TableAddress::new(HOSTS, ""),
        is_searchable: false,
        total: count,
        page: 1,
        pages: 1,
        limit: count,
        empty: "table.empty",
    };
    let domains = req.app.config().ssh_host_domains();
    let lines = HostLines { issuer: req.app.issuer().to_owned(), hosts: vec![] };
    let part = |id, key, lines| SshLines { id, key, lines };
    let lines = vec![
        part("user-ca", "ssh.user_ca", trusted_lines(&keys, SshCertificateKind::User, &domains)),
        part("first-commands", "ssh.first_commands", lines.first_commands()),
        part("sshd", "ssh.sshd", lines.sshd()),
        part("timer", "ssh.timer", lines.timer()),
        part("cron", "ssh.cron", lines.cron()),
        part(
            "known-hosts",
            "ssh.known_hosts",
            trusted_lines(&keys, SshCertificateKind::Host, &domains),
        ),
    ];
    answer(&SshHostsPage {
        heading: Heading::of(&layout, "nav.ssh", "ssh.about"),
        tabs: ssh_tabs(HOSTS),
        lines: if shown.is_empty() { vec![] } else { lines },
        table,
        layout,
        frame,
    })
}

fn key_row(layout: &Layout, key: &SshCaKeyView) -> TableRow {
    let (word, tone) = match key.state() {
        "active" => ("ssh.active", Tone::Good),
        "next" => ("ssh.next", Tone::Plain),
        "retired" => ("ssh.retired", Tone::Plain),
        _ => ("ssh.lost", Tone::Bad),
    };
    let name = key.fingerprint();
    let path = format!("/api/ssh-ca-keys/{}", key.id());
    let activate = RowAction {
        label: layout.t("ssh.activate").to_owned(),
        name: layout.with("ssh.activate_label", "name", name),
        send: format!("POST {path}/activate"),
        ask: Some(Question {
            title: layout.with("ssh.activate_question", "name", name),
            text: layout.t("ssh.activate_text").to_owned(),
        }),
        said: layout.t("saved").to_owned(),
        ..RowAction::default()
    };
    let remove = delete_action(layout, name, format!("DELETE {path}"), "ssh.remove_text");
    let actions = match key.state() {
        "active" => vec![],
        "lost" => vec![remove],
        "retired" => vec![remove],
        _ => vec![activate, remove],
    };
    TableRow {
        cells: vec![
            TableCell::Text(kind(layout, key.kind())),
            badge(layout.t(word), tone),
            TableCell::Code(name.to_owned()),
            TableCell::Time(Some(time(key.created_at()))),
        ],
        actions,
        ..TableRow::default()
    }
}
