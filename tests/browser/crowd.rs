//! Ten thousand users, and names that break pages

use std::collections::BTreeMap;

use pocketid::{
    model::{
        Actor, AuditEvent, AuditEventId, EventKind, GroupId, Location, User, UserActor, UserId,
    },
    store::{audit_events, groups, users},
};

use super::{application::Application, visitor::Visitor};
use crate::support::op::TestOp;

/// Lists names that run over the page or reorder the text beside them.
const NAMES: &str = include_str!("names.js");

const ARABIC: &str = "محمد بن سلمان (مدير) - 7";
const HEBREW: &str = "משה כהן 123 (IT)";

/// As long as they may be, without a place to break; leftwards; with marks on marks; with pictures of
/// several characters.
fn display_names() -> [String; 6] {
    [
        "Wolfeschlegelsteinhausenbergerdorff".repeat(3)[..100].to_owned(),
        ARABIC.to_owned(),
        HEBREW.to_owned(),
        format!("Z{}algo", "\u{335}\u{321}\u{34e}".repeat(30)),
        "👩‍👩‍👧‍👦 Family 🏳️‍🌈 O'Brien & <b>Sons</b>".to_owned(),
        "نامه‌ای‌بسیار‌دراز".repeat(5).chars().take(100).collect(),
    ]
}

/// A provider with ten thousand users, who have all signed in, and a group of them all.
struct Crowd {
    op: TestOp,
    group: GroupId,
}

impl Crowd {
    fn new() -> Self {
        let op = TestOp::start();
        let group = op.group("everybody", &[]);
        op.execute(&format!("UPDATE groups SET friendly_name = '{HEBREW}'"));
        let first = op.user("user-00000");
        let all: Vec<(User, AuditEvent)> =
            (1..10_000).map(|number| (user(&op, &first, number), sign_in(&op))).collect();
        let write = op.store().write_blocking(move |tx| {
            for (user, event) in &all {
                users::insert(tx, user)?;
                groups::insert_member(tx, group, user.id)?;
                audit_events::insert(tx, &AuditEvent { user_id: Some(user.id), ..event.clone() })?;
            }
            Ok::<_, pocketid::store::StoreError>(())
        });
        write.expect("the users");
        Self { op, group }
    }
}

/// A user with one of the names.
fn user(op: &TestOp, like: &User, number: usize) -> User {
    let names = display_names();
    let name = &names[number % names.len()];
    let first_name: String = name.chars().take(50).collect();
    let long = "a-user-name-as-long-as-it-may-be-without-a-space";
    User {
        id: UserId(op.new_id()),
        username: match number % 100 {
            99 => format!("{long}{}", number / 100).parse(),
            _ => format!("user-{number:05}").parse(),
        }
        .expect("a user name"),
        email: Some(
            format!("{number:05}{}@{}.example.org", "x".repeat(59), "long-domain".repeat(5))
                .parse()
                .expect("an address"),
        ),
        first_name: first_name.parse().expect("a name"),
        display_name: name.parse().expect("a name"),
        ..like.clone()
    }
}

fn sign_in(op: &TestOp) -> AuditEvent {
    AuditEvent {
        id: AuditEventId(op.new_id()),
        kind: EventKind::SignIn,
        user_id: None,
        object_id: None,
        actor: Actor::User(UserActor {
            location: Location::default(),
            id: None,
            is_api_key: false,
            ip_address: "2001:db8:1234:5678:9abc:def0:1234:5678".to_owned(),
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0".to_owned(),
        }),
        data: BTreeMap::from([("clientName", HEBREW.to_owned())]),
        created_at: op.now(),
    }
}

/// The faults of the page in a window of 320 pixels, and on a desk.
fn faults(visitor: &Visitor) -> Vec<String> {
    let mut faults = Vec::new();
    for (width, is_mobile) in [(320, true), (1280, false)] {
        visitor.set_viewport(width, 800, is_mobile);
        let found: Vec<String> = serde_json::from_value(visitor.eval(NAMES)).expect("texts");
        let path = visitor.eval("location.pathname + location.search");
        faults.extend(found.into_iter().map(|fault| format!("{path} at {width}: {fault}")));
    }
    faults
}

#[test]
fn a_crowd_with_names_of_all_kinds_fits_the_pages_and_is_found() {
    let Crowd { op, group } = Crowd::new();
    let client = op.client_with("https://links.example.com/callback", |client| {
        client.name = ARABIC.parse().expect("a name");
        client.is_group_restricted = true;
    });
    let root = Visitor::admin(&op, "root");
    let mut wrong = Vec::new();
    root.open("/settings/admin/users?sort[column]=username&sort[direction]=desc");
    root.wait_for_text(".pages", "1\u{2013}20 of 10001");
    wrong.extend(faults(&root));
    for name in ["משה", "دراز", "Wolfeschlegel", "👩‍👩‍👧‍👦"] {
        root.fill("#search", name);
        // One in six has it.
        root.wait_for_text(".pages", " of 166");
        root.wait_for_text("tbody th", name);
        wrong.extend(faults(&root));
    }
    root.open("/settings/admin/users?search=user-00002");
    root.click("tbody .danger");
    root.wait_for_text("#ask-title", HEBREW);
    wrong.extend(faults(&root));
    root.click("#ask [type=submit]");
    for number in 1..7 {
        root.open(&format!("/settings/admin/users?search=user-{number:05}"));
        root.click("tbody a");
        root.wait_for("#user");
        wrong.extend(faults(&root));
    }
    root.open(&format!("{}?tab=groups", root.eval("location.pathname").as_str().expect("a path")));
    wrong.extend(faults(&root));
    let group = format!("/settings/admin/user-groups/{group}");
    for path in [
        "/settings/admin/user-groups",
        &group,
        &format!("{group}?tab=clients"),
        &format!("{group}?tab=users&pagination[page]=500"),
        &format!("/settings/admin/oidc-clients/{}?tab=groups", client.id),
        "/settings/admin/oidc-clients",
        "/settings/admin/oidc-clients/new/linkding",
        "/settings/admin/audit-log",
        "/settings/admin/audit-log?filters[clientName]=x",
    ] {
        root.open(path);
        wrong.extend(faults(&root));
    }
    root.open(&format!("{group}?tab=users"));
    root.click("[data-opens=add-users]");
    root.fill("#find-users", "user-0000");
    root.wait_for_text("[data-found]", HEBREW);
    wrong.extend(faults(&root));
    assert_eq!(wrong, Vec::<String>::new());
}

/// The audit log offers those who are on its page, and the page of any user leads to their entries.
#[test]
fn a_crowd_leaves_the_pages_light_and_quick() {
    let Crowd { op, group } = Crowd::new();
    let mut keeper = op.person("keeper");
    op.change_user(keeper.id, |user| user.is_admin = true);
    for path in [
        "/settings/admin/users",
        "/settings/admin/users?pagination[limit]=100",
        "/settings/admin/users?search=%D7%9E%D7%A9%D7%94&pagination[page]=20",
        &format!("/settings/admin/user-groups/{group}?tab=users&pagination[limit]=100"),
        "/settings/admin/user-groups",
        "/settings/admin/audit-log?pagination[limit]=100",
        "/settings/admin/oidc-clients/new/linkding",
    ] {
        let (page, loaded) = keeper.agent.weigh(path);
        assert!(page + loaded < 60 * 1024, "{path}: {page} and {loaded}");
    }
}

#[test]
fn somebody_whose_name_is_written_leftwards_signs_in_to_an_application_like_them() {
    let op = TestOp::start();
    let application = Application::start_with(&op, |client| {
        client.name = HEBREW.parse().expect("a name");
        client.launch_url = Some("https://links.example.com".to_owned());
    });
    let mut wrong = Vec::new();
    for (number, name) in display_names().into_iter().enumerate() {
        let visitor = Visitor::with_passkey(&op, &format!("person{number}"));
        op.execute(&format!(
            "UPDATE users SET display_name = '{}' WHERE username = 'person{number}'",
            name.replace('\'', "''")
        ));
        application.send(&visitor, &[]);
        wrong.extend(faults(&visitor));
        visitor.click("#continue");
        visitor.wait_for("[data-step=consent]");
        wrong.extend(faults(&visitor));
        visitor.click("#continue");
        assert!(application.answer(&visitor).contains_key("code"));
        application.send(&visitor, &[("prompt", "select_account")]);
        wrong.extend(faults(&visitor));
        for path in ["/settings/account", "/settings/apps", "/settings/audit-log", "/logout"] {
            visitor.open(path);
            wrong.extend(faults(&visitor));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
