//! Users and groups in a real SCIM server, which an application stands for.

use hyper::Method;
use pocketid::{
    model::{ProvisionedKind, ScimProviderId, Timestamp},
    store::{
        StoreError, groups, memberships,
        scim_resources::{self, ProvisioningScope},
    },
};
use serde_json::{Value, json};

use super::real_endpoint::{RealEndpoint, set_endpoint};
use crate::support::op::{TestClient, TestOp};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

struct Provisioned {
    op: TestOp,
    client: TestClient,
    endpoint: RealEndpoint,
}

impl Provisioned {
    fn new() -> Self {
        let (op, endpoint) = (TestOp::start(), RealEndpoint::start());
        let client = op.client();
        set_endpoint(&op, &client, &endpoint.address());
        Self { op, client, endpoint }
    }

    fn sync(&self) -> Value {
        self.op.beside(&format!("scim sync {} --output json", self.client.id)).json()
    }

    /// What a synchronisation that fails says.
    fn sync_fails(&self) -> String {
        let ran = self.op.beside(&format!("scim sync {}", self.client.id));
        assert_eq!(ran.code, Some(1), "{}", ran.stdout);
        ran.stderr
    }

    fn run(&self, line: &str) {
        self.op.beside(line).expect_success();
    }
}

/// The counts of a report that are not zero.
fn done(report: &Value) -> Value {
    let mut report = report.clone();
    for kind in ["users", "groups"] {
        let counts = report[kind].as_object_mut().unwrap();
        counts.retain(|_, count| *count != 0);
    }
    report
}

#[test]
fn users_are_created_changed_deactivated_and_deleted() {
    let it = Provisioned::new();
    it.run("user add alice --email alice@example.com --first-name Alice --last-name Liddell");
    it.run("user add bob");
    let report = it.sync();
    assert_eq!(done(&report), json!({"users": {"created": 2}, "groups": {}}));
    let users = it.endpoint.all("Users");
    let alice = &users[0];
    assert_eq!(alice["userName"], "alice");
    assert_eq!(alice["name"], json!({"givenName": "Alice", "familyName": "Liddell"}));
    assert_eq!(alice["displayName"], "Alice Liddell");
    assert_eq!(alice["active"], true);
    assert_eq!(alice["emails"], json!([{"value": "alice@example.com", "primary": true}]));
    let shown = it.op.beside("user show alice --output json").ok();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(alice["externalId"], shown["id"]);

    // What was sent is not sent again.
    assert_eq!(done(&it.sync()), json!({"users": {"unchanged": 2}, "groups": {}}));
    assert_eq!(it.endpoint.all("Users"), users);

    it.run("user update alice --username alicia --email alicia@example.com");
    it.run("user disable bob");
    assert_eq!(done(&it.sync()), json!({"users": {"changed": 2}, "groups": {}}));
    let users = it.endpoint.all("Users");
    assert_eq!((&users[0]["userName"], &users[0]["externalId"]), (&json!("alicia"), &shown["id"]));
    assert_eq!(users[0]["id"], alice["id"]);
    assert_eq!((&users[1]["userName"], &users[1]["active"]), (&json!("bob"), &json!(false)));

    it.run("user enable bob");
    it.run("user remove alicia --yes");
    let report = done(&it.sync());
    assert_eq!(report, json!({"users": {"changed": 1, "deleted": 1}, "groups": {}}));
    let users = it.endpoint.all("Users");
    assert_eq!(users.len(), 1);
    assert_eq!((&users[0]["userName"], &users[0]["active"]), (&json!("bob"), &json!(true)));
}

#[test]
fn groups_have_their_members() {
    let it = Provisioned::new();
    for name in ["alice", "bob", "carol"] {
        it.run(&format!("user add {name}"));
    }
    it.run("group create staff --friendly-name All-staff");
    it.run("group create empty --friendly-name Nobody");
    it.run("group assign staff alice bob");
    assert_eq!(done(&it.sync()), json!({"users": {"created": 3}, "groups": {"created": 2}}));
    assert_eq!(it.endpoint.members("All-staff"), ["alice", "bob"]);
    assert_eq!(it.endpoint.members("Nobody"), [""; 0]);

    it.run("group assign staff carol");
    it.run("group unassign staff alice");
    it.run("group delete empty --yes");
    let report = done(&it.sync());
    assert_eq!(report, json!({"users": {"unchanged": 3}, "groups": {"changed": 1, "deleted": 1}}));
    assert_eq!(it.endpoint.members("All-staff"), ["bob", "carol"]);
    assert_eq!(it.endpoint.all("Groups").len(), 1);

    it.run("group unassign staff bob carol");
    it.sync();
    assert_eq!(it.endpoint.members("All-staff"), [""; 0]);
}

#[test]
fn a_restricted_client_has_only_its_groups_and_their_members() {
    let it = Provisioned::new();
    for name in ["alice", "bob", "carol"] {
        it.run(&format!("user add {name}"));
    }
    for (group, member) in [("staff", "alice"), ("guests", "bob")] {
        it.run(&format!("group create {group}"));
        it.run(&format!("group assign {group} {member}"));
    }
    it.run(&format!("client update {} --group staff", it.client.id));
    assert_eq!(done(&it.sync()), json!({"users": {"created": 1}, "groups": {"created": 1}}));
    assert_eq!(it.endpoint.usernames(), ["alice"]);

    it.run("group assign staff carol");
    it.run("group unassign staff alice");
    let report = done(&it.sync());
    assert_eq!(report, json!({"users": {"created": 1, "deleted": 1}, "groups": {"changed": 1}}));
    assert_eq!(it.endpoint.usernames(), ["carol"]);
    assert_eq!(it.endpoint.members("staff"), ["carol"]);
}

#[test]
fn resources_of_others_are_left_alone() {
    let it = Provisioned::new();
    it.run("user add alice");
    let make = |name: &str, external: Value| {
        let user = json!({"schemas": [USER], "userName": name, "externalId": external});
        it.endpoint.ask(Method::POST, "/Users", &user).ok();
    };
    make("hr-1", json!("employee-7"));
    // The id of an account of another directory, or of one that was deleted here long ago.
    make("hr-2", json!("018f0000-0000-7000-8000-000000000009"));
    make("local", Value::Null);
    let report = it.sync();
    assert_eq!(done(&report), json!({"users": {"created": 1, "foreign": 3}, "groups": {}}));
    assert_eq!(it.endpoint.usernames(), ["alice", "hr-1", "hr-2", "local"]);
}

/// People may choose their usernames here, and must not get the account of that name there.
#[test]
fn an_account_of_the_same_name_is_taken_over_only_on_request() {
    let it = Provisioned::new();
    for name in ["admin", "bob", "carol"] {
        it.run(&format!("user add {name}"));
    }
    for group in ["staff", "guests"] {
        it.run(&format!("group create {group}"));
    }
    it.run("group assign staff admin carol");
    it.run("group assign guests bob carol");
    let make = |user: Value| it.endpoint.ask(Method::POST, "/Users", &user).ok().json();
    let local = make(json!({"schemas": [USER], "userName": "Admin"}));
    make(json!({"schemas": [USER], "userName": "bob", "externalId": "employee-7"}));
    let admin = || {
        let users = it.endpoint.all("Users");
        users.into_iter().find(|user| user["id"] == local["id"]).unwrap()
    };
    let there = admin();

    let said = it.sync_fails();
    let told = "2 users and 2 groups could not be provisioned; the first: user admin: an account of this name exists there";
    assert!(said.contains(told), "{said}");
    assert!(said.contains("scim sync CLIENT --adopt"), "{said}");
    assert_eq!(admin(), there);
    // The groups do not wait for the two accounts.
    assert_eq!(it.endpoint.members("staff"), ["carol"]);
    assert_eq!(it.endpoint.members("guests"), ["carol"]);
    let list = it.op.beside("scim list --output json").json();
    assert_eq!(list[0]["lastSyncedAt"], json!(null));
    assert!(list[0]["lastError"].as_str().unwrap().contains("user admin"), "{list}");

    // An account of another directory is not taken over on request, either.
    let ran = it.op.beside(&format!("scim sync {} --adopt", it.client.id));
    let told = "1 users and 1 groups could not be provisioned; the first: user bob: POST of Users was answered with 409";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    assert!(admin()["externalId"].is_string());
    assert_eq!(it.endpoint.members("staff"), ["admin", "carol"]);
}

/// Its contents are of the application, and were there before.
#[test]
fn an_account_that_was_taken_over_is_deactivated_and_not_deleted() {
    let it = Provisioned::new();
    it.run("user add alice");
    it.run("user add bob");
    it.run("group create staff");
    it.run("group assign staff alice bob");
    let make = |path: &str, resource: Value| it.endpoint.ask(Method::POST, path, &resource).ok();
    make("/Users", json!({"schemas": [USER], "userName": "alice", "nickName": "Al"}));
    it.run(&format!("scim sync {} --adopt", it.client.id));
    assert_eq!(it.endpoint.members("staff"), ["alice", "bob"]);
    // It stays adopted when it changes.
    it.run("user update alice --display-name Alice");
    it.sync();

    it.run("user remove alice --yes");
    let report = done(&it.sync());
    let users = json!({"unchanged": 1, "changed": 1});
    assert_eq!(report, json!({"users": users, "groups": {"changed": 1}}));
    let alice = &it.endpoint.all("Users")[0];
    assert_eq!((&alice["userName"], &alice["active"]), (&json!("alice"), &json!(false)));
    assert_eq!(alice["displayName"], "Alice");
    assert_eq!(it.endpoint.members("staff"), ["bob"]);

    // Once: the application may do with it as it likes.
    let report = done(&it.sync());
    let users = json!({"unchanged": 1, "foreign": 1});
    assert_eq!(report, json!({"users": users, "groups": {"unchanged": 1}}));
}

#[test]
fn the_rest_api_takes_accounts_over_on_request() {
    let it = Provisioned::new();
    let root = it.op.user("root");
    it.op.change_user(root.id, |user| user.is_admin = true);
    let user = json!({"schemas": [USER], "userName": "root"});
    it.endpoint.ask(Method::POST, "/Users", &user).ok();
    let key = it.op.beside("api-key create script --for root").ok();
    let mut agent = it.op.agent().with_header("x-api-key", key.trim());
    let list: Value = serde_json::from_str(&it.op.beside("scim list --output json").ok()).unwrap();
    let path = format!("/api/scim/service-provider/{}/sync", list[0]["id"].as_str().unwrap());
    let refused = agent.post(&path, &json!({}));
    assert_eq!(refused.error(), "500 internal_error", "{}", refused.text());
    assert!(refused.text().contains("--adopt"), "{}", refused.text());
    assert_eq!(agent.post(&format!("{path}?adopt=true"), &json!({})).status, 200);
    assert_eq!(it.op.number("SELECT is_adopted FROM scim_resources"), 1);
}

#[test]
fn a_name_that_is_freed_in_the_same_run_is_no_conflict() {
    let it = Provisioned::new();
    it.run("user add alice");
    it.run("user add bob");
    it.sync();
    // In the order of their ids, alice comes first and takes a name that bob still has there.
    it.run("user update bob --username robert");
    it.run("user update alice --username bob");
    assert_eq!(done(&it.sync()), json!({"users": {"changed": 2}, "groups": {}}));
    assert_eq!(it.endpoint.usernames(), ["bob", "robert"]);

    it.run("user remove bob --yes");
    it.run("user add bob");
    let report = done(&it.sync());
    assert_eq!(
        report,
        json!({"users": {"created": 1, "unchanged": 1, "deleted": 1}, "groups": {}})
    );
}

#[test]
fn changes_that_others_made_there_are_undone() {
    let it = Provisioned::new();
    it.run("user add alice");
    it.run("user add bob");
    it.run("user disable bob");
    it.sync();
    let users = it.endpoint.all("Users");
    let at = |place: usize| format!("/Users/{}", users[place]["id"].as_str().unwrap());
    it.endpoint.ask(Method::DELETE, &at(0), &json!(null)).ok();
    let mut bob = users[1].clone();
    bob["active"] = json!(true);
    it.endpoint.ask(Method::PUT, &at(1), &bob).ok();

    let report = done(&it.sync());
    assert_eq!(report, json!({"users": {"created": 1, "changed": 1}, "groups": {}}));
    let active: Vec<_> =
        it.endpoint.all("Users").iter().map(|user| user["active"].clone()).collect();
    assert_eq!(active, [true, false]);
}

#[test]
fn an_application_is_not_emptied_unless_that_is_said() {
    let it = Provisioned::new();
    it.run("user add alice");
    it.run("user add bob");
    it.run("group create staff");
    it.sync();
    it.run(&format!("client update {} --group staff", it.client.id));
    it.run("group delete staff --yes");

    let said = it.sync_fails();
    assert!(said.contains("it would delete 3 of the 3 accounts and groups"), "{said}");
    assert_eq!(it.endpoint.usernames(), ["alice", "bob"]);
    it.run(&format!("scim sync {} --allow-deletions", it.client.id));
    assert_eq!(it.endpoint.usernames(), [""; 0]);
    assert_eq!(it.op.count("scim_resources"), 0);
}

#[test]
fn a_user_whose_membership_has_ended_is_taken_from_the_application() {
    let it = Provisioned::new();
    it.run("user add alice");
    it.run("group create staff");
    it.run("group assign staff alice --until 8h");
    it.run(&format!("client update {} --group staff", it.client.id));
    it.sync();
    assert_eq!(it.endpoint.all("Users").len(), 1);
    assert_eq!(it.endpoint.all("Groups")[0]["members"].as_array().unwrap().len(), 1);

    it.op.execute("UPDATE group_members SET expires_at = 1000");
    it.sync();

    assert_eq!(it.endpoint.all("Users").len(), 0);
    assert_eq!(it.endpoint.members("staff"), [""; 0]);
}

/// Applications know people.
#[test]
fn services_are_not_provisioned_alone_or_as_members() {
    let it = Provisioned::new();
    it.run("user add alice");
    it.run("service create ci-deploy");
    it.run("group create staff");
    it.run("group assign staff alice ci-deploy");
    let report = it.sync();
    assert_eq!(done(&report), json!({"users": {"created": 1}, "groups": {"created": 1}}));
    assert_eq!(it.endpoint.all("Users").len(), 1);
    assert_eq!(it.endpoint.all("Groups")[0]["members"].as_array().unwrap().len(), 1);
}

/// Lists of ids are filled up to a few lengths, so that there are few different statements.
#[test]
fn the_users_who_are_wanted_are_found_among_lists_of_any_length() {
    let it = Provisioned::new();
    let group = it.op.group("staff", &[]);
    it.op.allow_group(&it.client, group);
    let users: Vec<_> = (0..101).map(|n| it.op.user(&format!("user{n}")).id).collect();
    let ended = users[0];
    let members = users.clone();
    it.op
        .store()
        .write_blocking(move |tx| {
            members.iter().try_for_each(|id| groups::insert_member(tx, group, *id).map(drop))?;
            memberships::set_end(tx, group, ended, Some(Timestamp::from_unix(1_000)))
        })
        .unwrap();
    let scope = ProvisioningScope {
        provider_id: ScimProviderId(it.op.new_id()),
        client_id: it.client.id.parse().unwrap(),
        is_restricted: true,
        now: it.op.now(),
    };
    let ids: Vec<_> = users.iter().map(|id| id.0).collect();
    for count in [1, 2, 19, 20, 21, 99, 100, 101] {
        let (scope, ids) = (scope.clone(), ids[..count].to_vec());
        let (wanted, open, known) = it
            .op
            .store()
            .read_blocking(move |tx| {
                let kind = ProvisionedKind::User;
                let wanted = scim_resources::wanted_among(tx, &scope, kind, &ids)?;
                let known = scim_resources::known_among(tx, scope.provider_id, kind, &ids)?;
                let scope = ProvisioningScope { is_restricted: false, ..scope.clone() };
                Ok::<_, StoreError>((
                    wanted,
                    scim_resources::wanted_among(tx, &scope, kind, &ids)?,
                    known,
                ))
            })
            .unwrap();
        assert_eq!((wanted.len(), open.len(), known.len()), (count - 1, count, count));
        assert!(!wanted.contains(&ended.0), "the membership has ended");
    }
}
