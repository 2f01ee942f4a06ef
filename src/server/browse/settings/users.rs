//! `/settings/admin/users`

use super::{
    enter::{Visit, answer},
    services::credentials,
    words::{all_groups, delete_action, pairs, source},
};
use crate::{
    model::{
        AssertedSubject, ClaimOwner, ConfigKey, MailServer, Timestamp, User, UserId,
        app_config::UserSignups,
    },
    operations::{self, Refusal},
    server::{
        browse::{Page, passkey_row, profile, session_row, time},
        failure::PageError,
        http::Request,
        pages::{
            AssertedSubjectRow, Badge, Heading, HeadingLink, InvitePage, Layout, MembershipRow,
            PageColumn, PageProblem, Pick, Profile, TableCell, TableColumns, TablePage, TableRow,
            Tone, UserPage, UserTab, current_tab, tabs,
        },
    },
    store::{StoreError, Tx, custom_claims, groups, memberships, passkeys, sessions, user_list},
};

const PATH: &str = "/settings/admin/users";
const TABS: &[(&str, &str)] = &[
    ("general", "tab.general"),
    ("groups", "tab.groups"),
    ("passkeys", "tab.passkeys"),
    ("claims", "tab.claims"),
    ("sessions", "tab.sessions"),
];
/// The tabs of a service, which has no passkeys and sessions.
const SERVICE_TABS: &[(&str, &str)] = &[
    ("general", "tab.general"),
    ("groups", "tab.groups"),
    ("credentials", "tab.credentials"),
    ("claims", "tab.claims"),
];
const COLUMNS: TableColumns = TableColumns {
    name: "users",
    all: &[
        PageColumn::sorted("users.name", "displayName"),
        PageColumn::sorted("field.username", "username"),
        PageColumn::sorted("field.email", "email"),
        PageColumn::sorted("users.role", "isAdmin"),
        PageColumn::sorted("users.status", "disabled"),
        PageColumn::sorted("field.first_name", "firstName").extra(),
        PageColumn::sorted("field.last_name", "lastName").extra(),
        PageColumn::plain("field.language").extra(),
        PageColumn::plain("users.source").extra(),
        PageColumn::sorted("table.created", "createdAt").extra(),
        PageColumn::plain("table.id").extra(),
    ],
};

const ADD: HeadingLink =
    HeadingLink { key: "users.add", href: "/settings/admin/users/new", is_primary: true };
const ADD_SERVICE: HeadingLink =
    HeadingLink { key: "services.add", href: "/settings/admin/services/new", is_primary: false };
const INVITE: HeadingLink =
    HeadingLink { key: "users.invite", href: "/settings/admin/users/invite", is_primary: false };
const INVITATIONS: HeadingLink = HeadingLink {
    key: "invitations.title",
    href: "/settings/admin/signup-tokens",
    is_primary: false,
};

/// `GET /settings/admin/users`
pub(super) async fn list(req: Request) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let now = visit.req.head.now;
    let page = visit.page(move |tx, query| user_list::page(tx, query, now)).await?;
    let own = visit.req.who.user.id;
    let mut table = visit.table(&page, COLUMNS, |parts| row(&visit.layout, &parts.user, own));
    table.filters = vec![
        visit.filter(&table, "isAdmin", "users.role", ROLES),
        visit.filter(&table, "userType", "users.type", TYPES),
        visit.filter(&table, "disabled", "users.status", STATES),
    ];
    let Visit { req, layout, frame } = visit;
    let config = req.app.config();
    let mut links = vec![ADD_SERVICE, ADD];
    if config.allow_user_signups() != UserSignups::Disabled {
        links.insert(0, INVITATIONS);
    }
    if MailServer::of(&config).is_ok() {
        links.insert(0, INVITE);
    }
    answer(&TablePage {
        heading: Heading::of(&layout, "nav.users", "users.about"),
        tabs: vec![],
        table,
        links,
        layout,
        frame,
    })
}

const ROLES: &[(&str, &str)] = &[("true", "users.admin"), ("false", "users.user")];
const TYPES: &[(&str, &str)] = &[("person", "users.person"), ("service", "users.service")];
const STATES: &[(&str, &str)] = &[("false", "users.active"), ("true", "users.disabled")];

fn row(layout: &Layout, user: &User, own: UserId) -> TableRow {
    let badge = |key, tone| TableCell::Badges(vec![Badge { text: layout.t(key).to_owned(), tone }]);
    let email = user.email.as_ref().map(ToString::to_string).unwrap_or_default();
    TableRow {
        href: Some(format!("{PATH}/{}", user.id)),
        picture: Some(format!("/api/users/{}/profile-picture.png", user.id)),
        cells: vec![
            TableCell::Text(user.shown_name()),
            TableCell::Text(user.username.to_string()),
            TableCell::Text(email),
            if user.is_admin {
                badge("users.admin", Tone::Good)
            } else if user.is_service() {
                badge("users.service", Tone::Plain)
            } else {
                badge("users.user", Tone::Plain)
            },
            if user.disabled {
                badge("users.disabled", Tone::Bad)
            } else {
                badge("users.active", Tone::Plain)
            },
            TableCell::Text(user.first_name.to_string()),
            TableCell::Text(user.last_name.to_string()),
            TableCell::Text(user.locale.clone().unwrap_or_default()),
            source(layout, user.ldap_id.is_some()),
            TableCell::Time(Some(time(user.created_at))),
            TableCell::Code(user.id.to_string()),
        ],
        actions: if user.id == own {
            vec![]
        } else {
            vec![delete_action(
                layout,
                &user.shown_name(),
                format!("DELETE /api/users/{}", user.id),
                "users.delete_text",
            )]
        },
    }
}

/// `GET /settings/admin/users/new`
pub(super) async fn new(req: Request) -> Page {
    let Visit { req, layout, frame } = Visit::of_admin(req, PATH).await?;
    answer(&UserPage {
        heading: Heading::below(PATH, "nav.users", layout.t("users.add")),
        tabs: vec![],
        tab: UserTab::General,
        id: None,
        profile: Profile::default(),
        email_verified: req.app.config().emails_verified(),
        is_admin: false,
        is_disabled: false,
        is_service: false,
        is_own: false,
        is_kept: false,
        email_required: req.app.config().require_user_email(),
        mails_codes: false,
        layout,
        frame,
    })
}

/// `GET /settings/admin/users/invite`
pub(super) async fn invite(req: Request) -> Page {
    let Visit { req, layout, frame } = Visit::of_admin(req, PATH).await?;
    if MailServer::of(&req.app.config()).is_err() {
        return Err(PageError::elsewhere(PATH));
    }
    let picks = all_groups(&req.app).await?;
    let heading = Heading {
        about: Some(layout.t("invite.about").to_owned()),
        ..Heading::below(PATH, "nav.users", layout.t("users.invite"))
    };
    answer(&InvitePage { heading, picks, layout, frame })
}

/// `GET /settings/admin/users/{id}`
pub(super) async fn show(req: Request, id: String) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let id: UserId = id.parse().map_err(|_| PageProblem::NotFound)?;
    let asked = visit.asked_tab();
    let (now, layout) = (visit.req.head.now, visit.layout.clone());
    let demands_keys = visit.req.app.config().flag(ConfigKey::DeviceBoundSessions);
    let read = visit.req.app.store().read(move |tx| {
        let user = operations::users::require(tx, id)?;
        let all = if user.is_service() { SERVICE_TABS } else { TABS };
        let tab = current_tab(all, asked.as_deref());
        let content = match tab {
            "credentials" => credentials(tx, id)?,
            "groups" => groups_of(tx, id, now)?,
            "passkeys" => ways_in(tx, id)?,
            "claims" => UserTab::Claims(pairs(custom_claims::list(tx, ClaimOwner::User(id))?)),
            "sessions" => {
                let sessions = sessions::list_of_user(tx, id, now)?;
                let row = |session| session_row(session, None, demands_keys, layout.messages);
                UserTab::Sessions(sessions.into_iter().map(row).collect())
            }
            _ => UserTab::General,
        };
        Ok::<_, Refusal>((user, tabs(&format!("{PATH}/{id}"), all, tab), content))
    });
    let (user, tabs, content) = read.await?;
    let Visit { req, layout, frame } = visit;
    answer(&UserPage {
        heading: Heading::below(PATH, "nav.users", user.shown_name()),
        tabs,
        tab: content,
        id: Some(id.to_string()),
        profile: profile(&user),
        email_verified: user.email_verified,
        is_admin: user.is_admin,
        is_disabled: user.disabled,
        is_service: user.is_service(),
        is_own: user.id == req.who.user.id,
        is_kept: user.ldap_id.is_some() && req.app.config().flag(ConfigKey::LdapEnabled),
        email_required: req.app.config().require_user_email() && !user.is_service(),
        mails_codes: req.app.config().flag(ConfigKey::EmailOneTimeAccessAsAdminEnabled)
            && user.email.is_some(),
        layout,
        frame,
    })
}

/// How a person proves who they are: here, and to issuers that clients trust.
fn ways_in(tx: &mut Tx<'_>, id: UserId) -> Result<UserTab, Refusal> {
    let subjects = operations::asserted_subjects::list(tx, id)?;
    let row = |subject: AssertedSubject| AssertedSubjectRow {
        id: subject.id.to_string(),
        issuer: subject.issuer,
        jwks_url: subject.jwks_url,
        since: time(subject.created_at),
    };
    Ok(UserTab::Passkeys {
        passkeys: passkeys::list_of_user(tx, id)?.iter().map(passkey_row).collect(),
        subjects: subjects.into_iter().map(row).collect(),
    })
}

/// All groups, and which of them a user is a member of.
fn groups_of(tx: &mut Tx<'_>, id: UserId, now: Timestamp) -> Result<UserTab, StoreError> {
    let own = groups::list_of_user(tx, id, now)?;
    let ends = memberships::ends_of_user(tx, id, now)?;
    let picks = groups::all(tx)?.into_iter().map(|group| Pick {
        is_picked: own.iter().any(|other| other.id == group.id),
        is_fixed: false,
        value: group.id.to_string(),
        label: group.friendly_name.to_string(),
        detail: group.name.to_string(),
    });
    let picks = picks.collect();
    let own = own.iter().map(|group| MembershipRow {
        id: group.id.to_string(),
        name: group.friendly_name.to_string(),
        until: ends.get(&group.id).copied().map(time),
    });
    Ok(UserTab::Groups { picks, memberships: own.collect() })
}
