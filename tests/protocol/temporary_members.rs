//! Memberships of groups that end: from that second on they count for nothing, whether they were cleaned up or not.

use hyper::Method;
use serde_json::{Value, json};

use crate::support::{
    agent::Agent,
    op::{TestClient, TestOp},
};

/// An administrator, a group, and a client for the group alone.
struct Scene {
    op: TestOp,
    root: Agent,
    client: TestClient,
}

impl Scene {
    fn new() -> Self {
        let op = TestOp::start();
        let user = op.user("root");
        op.change_user(user.id, |user| user.is_admin = true);
        let key = op.beside("api-key create script --for root").ok();
        let root = op.agent().with_header("x-api-key", key.trim());
        let client = op.client_with("https://app.example.com/callback", |client| {
            client.is_group_restricted = true;
        });
        let group = op.group("family", &[]);
        op.allow_group(&client, group);
        Self { op, root, client }
    }

    fn assign(&self, options: &str) {
        self.op.beside(&format!("group assign family {options}")).expect_success();
    }

    fn group(&mut self) -> Value {
        let listed = self.root.get("/api/user-groups").ok().json();
        let id = listed["data"][0]["id"].as_str().unwrap().to_owned();
        self.root.get(&format!("/api/user-groups/{id}")).ok().json()
    }

    fn path(&mut self) -> String {
        format!("/api/user-groups/{}", self.group()["id"].as_str().unwrap())
    }

    fn put_users(&mut self, body: &Value) -> crate::support::agent::Answer {
        let path = self.path();
        self.root.json(Method::PUT, &format!("{path}/users"), body)
    }
}

fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap().to_owned()
}

#[test]
fn a_membership_opens_and_closes_a_client_at_the_second() {
    let Scene { op, client, mut root } = Scene::new();
    let mut alice = op.person("alice");
    op.set_claim(pocketid::model::ClaimOwner::User(alice.id), "own", "1");
    let open = op.client();
    op.beside("group claims family floor=3").expect_success();
    op.beside("group assign family alice --until 20m").expect_success();
    let tokens =
        op.redeem(&client, &alice.code(&client, &[("scope", "openid groups")])).ok().json();
    let others = [("scope", "openid groups profile")];
    let other = op.redeem(&open, &alice.code(&open, &others)).ok().json();
    let seen = op.userinfo(&text(&other, "access_token")).ok().json();
    assert_eq!((&seen["groups"], &seen["floor"]), (&json!(["family"]), &json!(3)));
    op.userinfo(&text(&tokens, "access_token")).ok();

    // The command took some moments, so the end is not more than twenty minutes away.
    op.advance(1_140);
    op.userinfo(&text(&tokens, "access_token")).ok();
    op.advance(60);

    assert_eq!(op.count("group_members"), 1, "nothing was cleaned up");
    assert_eq!(op.userinfo(&text(&tokens, "access_token")).error(), "401 invalid_token");
    let refreshed = op.refresh(&client, &text(&tokens, "refresh_token"));
    assert_eq!(refreshed.error(), "400 invalid_grant");
    let fields = [
        ("token", tokens["access_token"].as_str().unwrap()),
        ("client_id", client.id.as_str()),
        ("client_secret", client.secret.as_str()),
    ];
    assert_eq!(op.agent().post_form("/api/oidc/introspect", &fields).ok().json()["active"], false);
    // Elsewhere the user is in the group no more, and has none of its claims.
    let seen = op.userinfo(&text(&other, "access_token")).ok().json();
    assert_eq!((&seen["groups"], &seen["floor"]), (&json!([]), &Value::Null));
    let again = op.refresh(&open, &text(&other, "refresh_token")).ok().json();
    let seen = op.userinfo(&text(&again, "access_token")).ok().json();
    assert_eq!(seen["groups"], json!([]));
    // Nor in any list.
    let listed = root.get("/api/user-groups").ok().json();
    assert_eq!(listed["data"][0]["userCount"], 0);
    let shown = root.get(&format!("/api/users/{}", alice.id)).ok().json();
    assert_eq!(shown["userGroups"], json!([]));
    let listed = root.get("/api/users?search=alice").ok().json();
    assert_eq!(listed["data"][0]["userGroups"], json!([]));
    let groups = root.get(&format!("/api/users/{}/groups", alice.id)).ok().json();
    assert_eq!(groups, json!([]));
    let own = alice.agent.get("/api/users/me").ok().json();
    assert_eq!(own["userGroups"], json!([]));
    let apps = alice.agent.get("/api/oidc/users/me/clients").ok().json();
    let ids: Vec<_> =
        apps["data"].as_array().unwrap().iter().map(|app| app["id"].clone()).collect();
    assert_eq!(ids, [json!(open.id)]);
    // A new sign-in ends the session before, and its tokens.
    alice.authenticator.sign_in(&mut alice.agent).ok();
    let refused = alice.agent.get(&client.authorize_path(&[]));
    assert_eq!(refused.status, 403, "{}", refused.location());
}

/// A resource server that looks at nothing but `exp` refuses the token when the membership ends.
#[test]
fn tokens_of_a_restricted_client_end_with_the_last_membership_that_admits_the_user() {
    let Scene { op, client, .. } = Scene::new();
    let mut alice = op.person("alice");
    let friends = op.group("friends", &[]);
    op.allow_group(&client, friends);
    let open = op.client();
    op.beside("group assign family alice --until 20m").expect_success();
    op.beside("group assign friends alice --until 10m").expect_success();
    let end = op.number("SELECT MAX(expires_at) FROM group_members");
    let scope = [("scope", "openid groups offline_access")];
    let tokens = op.redeem(&client, &alice.code(&client, &scope)).ok().json();
    let exp = |tokens: &Value, name: &str| op.verified(&text(tokens, name)).1["exp"].clone();
    for tokens in [&tokens, &op.refresh(&client, &text(&tokens, "refresh_token")).ok().json()] {
        assert!(tokens["expires_in"].as_i64().unwrap() <= 1_200, "{tokens}");
        assert_eq!(
            (exp(tokens, "access_token"), exp(tokens, "id_token")),
            (end.into(), end.into())
        );
    }
    assert_eq!(op.number("SELECT MAX(expires_at) FROM access_tokens"), end);
    // A membership that does not end, and a client for all users, have tokens of the usual length.
    let other = op.redeem(&open, &alice.code(&open, &scope)).ok().json();
    assert_eq!(other["expires_in"], 3_600);
    op.beside("group assign family alice --until never").expect_success();
    let tokens = op.redeem(&client, &alice.code(&client, &scope)).ok().json();
    assert_eq!(tokens["expires_in"], 3_600);
    assert_eq!(op.verified(&text(&tokens, "id_token")).1["groups"], json!(["family", "friends"]));

    op.advance(700);

    // The ID token says which groups there were; the next one says which there are.
    let tokens = op.refresh(&open, &text(&other, "refresh_token")).ok().json();
    assert_eq!(op.verified(&text(&tokens, "id_token")).1["groups"], json!(["family"]));
}

/// The list of groups was read before one of the memberships ended.
#[test]
fn a_list_that_is_sent_with_its_ends_begins_no_membership_again() {
    let mut it = Scene::new();
    let (alice, bob) = (it.op.user("alice").id.to_string(), it.op.user("bob").id.to_string());
    it.assign("alice --until 1h");
    let read = it.group();
    it.op.advance(3_600);

    let ids = json!([alice, bob]);
    let stale = json!({ "userIds": ids, "memberships": read["memberships"] });
    let refused = it.put_users(&stale);

    let fault = refused.json()["details"]["fields"][0].clone();
    assert_eq!((&fault["field"], &fault["code"]), (&json!("memberships"), &json!("past")));
    assert_eq!(it.group()["users"], json!([]));
    // Without them it is a list like any other.
    let added = it.put_users(&json!({ "userIds": ids })).ok().json();
    assert_eq!(added["users"].as_array().unwrap().len(), 2);
    assert_eq!(added.get("memberships"), None);
}

#[test]
fn a_user_who_is_deleted_before_the_clean_up_leaves_an_entry_and_a_newer_group() {
    let it = Scene::new();
    it.op.user("alice");
    it.assign("alice --until 1h");
    it.op.execute("UPDATE group_members SET expires_at = 1000");
    it.op.execute("UPDATE groups SET updated_at = 1000");

    it.op.beside("user remove alice --yes").expect_success();

    let told = "SELECT actor || ' ' || data FROM audit_events WHERE kind = 'GROUP_MEMBERS_REMOVED'";
    let told = it.op.texts(told);
    assert!(told[0].starts_with("program {\"expiredAt\":\""), "{told:?}");
    assert_eq!(told.len(), 1);
    assert!(it.op.number("SELECT updated_at FROM groups") > 1_000);
}

/// More than one batch.
#[test]
fn many_memberships_end_at_once() {
    let it = Scene::new();
    let group = it.op.group("friends", &[]);
    it.op.execute("UPDATE groups SET updated_at = 1000");
    let users: Vec<_> = (0..230).map(|n| it.op.user(&format!("user{n}")).id).collect();
    it.op
        .store()
        .write_blocking(move |tx| {
            users
                .iter()
                .try_for_each(|id| pocketid::store::groups::insert_member(tx, group, *id).map(drop))
        })
        .unwrap();
    it.op.execute("UPDATE group_members SET expires_at = 1000");

    it.op.clean_up();

    assert_eq!(it.op.count("group_members"), 0);
    let told = "SELECT COUNT(*) FROM audit_events WHERE kind = 'GROUP_MEMBERS_REMOVED'";
    assert_eq!(it.op.number(told), 230);
    assert_eq!(it.op.number("SELECT COUNT(*) FROM groups WHERE updated_at > 1000"), 1);
}

#[test]
fn the_clean_up_removes_memberships_that_ended_and_tells_of_it() {
    let mut it = Scene::new();
    for name in ["alice", "bob"] {
        it.op.user(name);
    }
    it.assign("alice --until 1h");
    it.assign("bob");
    it.op
        .beside(
            "webhook create told --url https://hooks.example.com/ --event GROUP_MEMBERS_REMOVED",
        )
        .expect_success();
    let before = it.op.number("SELECT updated_at FROM groups");
    it.op.clean_up();
    assert_eq!(it.op.count("group_members"), 2);

    it.op.advance(3_600);
    it.op.clean_up();

    assert_eq!(it.op.count("group_members"), 1);
    let told = "SELECT actor || ' ' || data FROM audit_events WHERE kind = 'GROUP_MEMBERS_REMOVED'";
    let told = it.op.texts(told);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("program {\"expiredAt\":\""), "{told:?}");
    assert!(told[0].contains("\"groupName\":\"family\""), "{told:?}");
    let concerned = "SELECT username FROM users WHERE id = \
                     (SELECT user_id FROM audit_events WHERE kind = 'GROUP_MEMBERS_REMOVED')";
    assert_eq!(it.op.texts(concerned), ["alice"]);
    assert!(it.op.number("SELECT updated_at FROM groups") > before, "SCIM: lastModified");
    let queued = "SELECT COUNT(*) FROM outbox WHERE kind = 'webhook'";
    assert_eq!(it.op.number(queued), 1);
    it.op.clean_up();
    assert_eq!(
        it.op.audit_kinds().iter().filter(|kind| *kind == "GROUP_MEMBERS_REMOVED").count(),
        1
    );
    assert_eq!(it.group()["users"][0]["username"], "bob");
}

#[test]
fn a_user_can_come_back_before_the_clean_up() {
    let it = Scene::new();
    it.op.user("alice");
    it.assign("alice --until 1h");
    it.op.execute("UPDATE group_members SET expires_at = 1000");

    it.assign("alice");

    assert_eq!(it.op.count("group_members"), 1);
    assert_eq!(it.op.number("SELECT COUNT(*) FROM group_members WHERE expires_at IS NULL"), 1);
    let kinds = it.op.audit_kinds();
    let kinds: Vec<_> = kinds.iter().filter(|kind| kind.starts_with("GROUP_MEMBER")).collect();
    assert_eq!(
        kinds,
        [
            "GROUP_MEMBERS_ADDED",
            "GROUP_MEMBERSHIP_END_CHANGED",
            "GROUP_MEMBERS_REMOVED",
            "GROUP_MEMBERS_ADDED"
        ]
    );
    // Who adds the user again did not remove them.
    let actors = "SELECT kind || ' ' || actor FROM audit_events WHERE kind LIKE 'GROUP_MEMBERS_%' ORDER BY id";
    assert_eq!(
        it.op.texts(actors),
        [
            "GROUP_MEMBERS_ADDED cli",
            "GROUP_MEMBERSHIP_END_CHANGED cli",
            "GROUP_MEMBERS_REMOVED program",
            "GROUP_MEMBERS_ADDED cli"
        ]
    );
    // One that has ended cannot be taken away.
    it.op.execute("UPDATE group_members SET expires_at = 1000");
    let refused = it.op.beside("group unassign family alice");
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
}

#[test]
fn the_rest_api_shows_and_sets_ends_and_keeps_those_it_does_not_name() {
    let mut it = Scene::new();
    let (alice, bob) = (it.op.user("alice").id.to_string(), it.op.user("bob").id.to_string());
    let end = "2030-01-02T03:04:05Z";
    let ids = json!([alice, bob]);
    let set = json!({ "userIds": ids, "memberships": [{ "userId": alice, "expiresAt": end }] });
    let shown = it.put_users(&set).ok().json();
    assert_eq!(shown["memberships"], json!([{ "userId": alice, "expiresAt": end }]));

    // Pocket ID's body alone keeps it.
    let kept = it.put_users(&json!({ "userIds": ids })).ok().json();
    assert_eq!(kept["memberships"], shown["memberships"]);
    let user = it.root.get(&format!("/api/users/{alice}")).ok().json();
    assert_eq!(user["userGroups"][0]["membershipExpiresAt"], end);
    let listed = it.root.get("/api/users?search=alice").ok().json();
    assert_eq!(listed["data"][0]["userGroups"][0]["membershipExpiresAt"], end);
    let groups = it.root.get(&format!("/api/users/{alice}/groups")).ok().json();
    assert_eq!(groups[0]["memberships"], shown["memberships"]);

    // From the side of the user.
    let group = it.group()["id"].clone();
    let path = format!("/api/users/{bob}/user-groups");
    let body = json!({
        "userGroupIds": [group], "memberships": [{ "userGroupId": group, "expiresAt": end }]
    });
    let user = it.root.json(Method::PUT, &path, &body).ok().json();
    assert_eq!(user["userGroups"][0]["membershipExpiresAt"], end);
    // And away again.
    let body = json!({ "userGroupIds": [group], "memberships": [{ "userGroupId": group, "expiresAt": null }] });
    let user = it.root.json(Method::PUT, &path, &body).ok().json();
    assert_eq!(user["userGroups"][0].get("membershipExpiresAt"), None);
    let events = it.op.audit_kinds();
    assert_eq!(events.iter().filter(|kind| *kind == "GROUP_MEMBERSHIP_END_CHANGED").count(), 3);
}

#[test]
fn bad_ends_are_refused_and_change_nothing() {
    let mut it = Scene::new();
    let (alice, bob) = (it.op.user("alice").id.to_string(), it.op.user("bob").id.to_string());
    let good = "2030-01-02T03:04:05Z";
    for (memberships, field) in [
        (json!([{ "userId": alice, "expiresAt": "2020-01-01T00:00:00Z" }]), "memberships"),
        (json!([{ "userId": alice, "expiresAt": "2090-01-01T00:00:00Z" }]), "memberships"),
        (json!([{ "userId": alice, "expiresAt": "2030-01-02" }]), "memberships[0].expiresAt"),
        (json!([{ "userId": alice, "expiresAt": "soon" }]), "memberships[0].expiresAt"),
        (json!([{ "userId": alice, "expiresAt": "" }]), "memberships[0].expiresAt"),
        (json!([{ "userId": "alice", "expiresAt": good }]), "memberships[0].userId"),
        (json!([{ "userId": bob, "expiresAt": good }]), "memberships[0].userId"),
        (
            json!([{ "userId": alice, "expiresAt": good }, { "userId": alice, "expiresAt": null }]),
            "memberships[1].userId",
        ),
    ] {
        let answer = it.put_users(&json!({ "userIds": [alice], "memberships": memberships }));
        assert_eq!(answer.status, 400, "{memberships}: {}", answer.text());
        let told = answer.json()["details"]["fields"][0]["field"].clone();
        assert_eq!(told, field, "{memberships}: {}", answer.text());
    }
    for memberships in [json!("x"), json!([1]), json!([{}]), json!([{ "userId": 1 }]), json!({})] {
        let answer = it.put_users(&json!({ "userIds": [alice], "memberships": memberships }));
        assert_eq!(answer.status, 400, "{memberships}: {}", answer.text());
    }
    assert_eq!(it.op.count("group_members"), 0);

    let group = it.group()["id"].clone();
    let path = format!("/api/users/{alice}/user-groups");
    for (memberships, field) in [
        (json!([{ "userGroupId": group, "expiresAt": "2020-01-01T00:00:00Z" }]), "memberships"),
        (json!([{ "userGroupId": group, "expiresAt": "x" }]), "memberships[0].expiresAt"),
        (json!([{ "userGroupId": alice, "expiresAt": good }]), "memberships[0].userGroupId"),
    ] {
        let body = json!({ "userGroupIds": [group], "memberships": memberships });
        let answer = it.root.json(Method::PUT, &path, &body);
        let told = answer.json()["details"]["fields"][0]["field"].clone();
        assert_eq!((answer.status, &told), (400, &json!(field)), "{memberships}");
    }
    assert_eq!(it.op.count("group_members"), 0);
    assert!(!it.op.audit_kinds().iter().any(|kind| kind.starts_with("GROUP_MEMBER")));
}
