//! What administrators see of the subjects that stand for users, and how they end it.

use hyper::Method;
use pocketid::model::User;
use serde_json::{Value, json};

use super::{Office, REFUSED};
use crate::support::{
    agent::{Agent, Answer},
    flow::Person,
    issuer::Issuer,
    op::TestOp,
};

const UNKNOWN: &str = "018f0000-0000-7000-8000-000000000000";
const NONE: Value = Value::Null;

fn administrator(op: &TestOp, name: &str) -> Person {
    let person = op.person(name);
    op.change_user(person.id, |user| user.is_admin = true);
    person
}

fn path(user: pocketid::model::UserId) -> String {
    format!("/api/users/{user}/asserted-subjects")
}

fn delete(agent: &mut Agent, path: &str) -> Answer {
    agent.json(Method::DELETE, path, &NONE)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn token_of(answer: Answer) -> String {
    text(&answer.ok().json()["access_token"])
}

impl Office {
    /// Another member of the staff.
    fn colleague(&self, name: &str) -> User {
        let user = self.op.user(name);
        self.hire(name, user.id);
        user
    }

    fn hire(&self, name: &str, id: pocketid::model::UserId) {
        self.op.change_user(id, |user| user.email_verified = true);
        self.op.beside(&format!("group assign staff {name}")).expect_success();
    }

    /// Another issuer that the client trusts.
    fn second_issuer(&self) -> Issuer {
        let second = Issuer::start();
        let line = format!("client trusted-issuer add {} --issuer {}", self.client.id, second.url);
        self.op.beside(&line).expect_success();
        second
    }

    fn token_for(&self, subject: &str, email: &str) -> String {
        token_of(self.bring(&json!({"sub": subject, "email": email})))
    }

    /// A token for alice by another issuer.
    fn token_by(&self, issuer: &Issuer) -> String {
        let claims = self.claims(&json!({"iss": issuer.url}));
        let assertion = pocketid::crypto::jws::sign(&issuer.key, super::TYPE, &claims);
        token_of(self.send(&assertion, &[]))
    }

    fn remove(&self, line: &str) -> crate::support::cli::Ran {
        let line = line.replace("ISSUER", &self.issuer.url);
        self.op.beside(&format!("user asserted-subject remove {line}"))
    }

    fn active(&self, tokens: &[&str]) -> Vec<bool> {
        tokens.iter().map(|token| self.is_active(token)).collect()
    }
}

#[test]
fn administrators_see_which_issuers_have_named_a_user() {
    let office = Office::open();
    let bob = office.colleague("bob");
    let mut root = administrator(&office.op, "root");
    let listed = |root: &mut Person, user: &User| root.agent.get(&path(user.id)).ok().json();
    assert_eq!(listed(&mut root, &office.alice), json!([]));
    let at = office.op.now();
    office.token();
    office.op.advance(60);
    office.token();

    let subjects = listed(&mut root, &office.alice);
    assert_eq!(subjects.as_array().unwrap().len(), 1);
    let subject = &subjects[0];
    let keys = format!("{}/.well-known/jwks.json", office.issuer.url);
    assert_eq!((&subject["issuer"], &subject["jwks"]), (&json!(office.issuer.url), &json!(keys)));
    let since: pocketid::model::Timestamp = text(&subject["createdAt"]).parse().unwrap();
    assert!((0..30).contains(&since.seconds_since(at)), "{subject}");
    assert_eq!(listed(&mut root, &bob), json!([]));
    // Its grants have the id in the place of a session.
    let grants = root.agent.get(&format!("/api/users/{}/grants", office.alice.id)).ok().json();
    assert_eq!(grants[0]["sessionId"], subject["id"]);

    office.token_for("00u2", "bob@example.com");
    let all = office.op.beside("user asserted-subject list --output json").ok();
    let all: Value = serde_json::from_str(&all).unwrap();
    let names: Vec<_> = all.as_array().unwrap().iter().map(|one| text(&one["username"])).collect();
    assert_eq!(names, ["alice", "bob"]);
    assert_eq!(all[0]["id"], subject["id"]);
    let rows = office.op.beside("user asserted-subject list alice").ok();
    let row: Vec<_> = rows.trim_end().split('\t').collect();
    assert_eq!([row[0], row[1], row[2]], ["alice", &office.issuer.url, &keys]);
    assert_eq!((row.len(), row[4]), (5, &*text(&subject["id"])));
    let found = |line: &str| office.op.beside(&format!("user asserted-subject list {line}")).ok();
    assert_eq!(found("--search BOB").lines().count(), 1);
    assert_eq!(found("--search 127.0.0.1").lines().count(), 2);
    assert_eq!(found("--limit 1").lines().count(), 1);
    assert_eq!(found("--search nonsense"), "");
}

#[test]
fn a_removed_subject_takes_its_tokens_along_and_no_others() {
    let office = Office::open();
    let op = &office.op;
    let (second, other_client) = (office.second_issuer(), op.client());
    office.colleague("bob");
    let mut carol = op.person("carol");
    office.hire("carol", carol.id);
    let removed = office.token();
    let again = office.token();
    let by_second = office.token_by(&second);
    let of_bob = office.token_for("00u2", "bob@example.com");
    let of_carol = office.token_for("00u3", "carol@example.com");
    let code = carol.code(&other_client, &[("scope", "openid offline_access")]);
    let signed_in = op.redeem(&other_client, &code).ok().json();
    let kept = [&*by_second, &of_bob, &of_carol];
    assert_eq!(office.active(&[&removed, &again]), [true, true]);

    office.remove("alice ISSUER --yes").expect_success();

    assert_eq!(office.active(&[&removed, &again]), [false, false]);
    assert_eq!(office.active(&kept), [true, true, true]);
    assert_eq!(op.count("asserted_subjects"), 3);
    // By a passkey she is signed in as before.
    office.remove("carol ISSUER --yes").expect_success();
    assert_eq!(office.active(&kept), [true, true, false]);
    assert_eq!(op.userinfo(signed_in["access_token"].as_str().unwrap()).status, 200);
    op.refresh(&other_client, signed_in["refresh_token"].as_str().unwrap()).ok();
    carol.agent.get("/api/users/me").ok();

    let entries =
        "SELECT data FROM audit_events WHERE kind = 'ASSERTED_SUBJECT_REMOVED' ORDER BY id";
    let entry: Value = serde_json::from_str(&op.texts(entries)[0]).unwrap();
    let keys = format!("{}/.well-known/jwks.json", office.issuer.url);
    assert_eq!(entry, json!({"issuer": office.issuer.url, "jwks": keys}));
    let about = "SELECT u.username FROM audit_events e JOIN users u ON u.id = e.user_id
                  WHERE e.kind = 'ASSERTED_SUBJECT_REMOVED' AND e.actor = 'cli' ORDER BY e.id";
    assert_eq!(op.texts(about), ["alice", "carol"]);
}

/// RFC 8693: whatever was exchanged for a token ends with it.
#[test]
fn what_was_exchanged_for_a_token_ends_with_the_subject() {
    let office = Office::open();
    let op = &office.op;
    let orders = "https://orders.example.com";
    let api = op.api(orders, &["read"]);
    op.let_use(&office.client, api, pocketid::model::SubjectType::User, &["read"]);
    let id = &office.client.id;
    let allow = format!("client exchange allow {id} --from-api {} --to {orders}", super::NOTES);
    op.beside(&allow).expect_success();
    let token = office.token();
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", &token),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("resource", orders),
        ("scope", "read"),
    ];
    let exchanged = token_of(op.token(&office.client, &fields));
    assert!(office.is_active(&exchanged));

    office.remove("alice ISSUER --yes").expect_success();

    assert!(!office.is_active(&exchanged));
}

#[test]
fn after_a_removal_the_next_assertion_is_under_the_rules_of_the_first() {
    let office = Office::open();
    let op = &office.op;
    office.token();
    assert_eq!(office.bring(&json!({"sub": "00u2"})).error(), REFUSED);
    office.remove("alice ISSUER --yes").expect_success();

    for changes in [
        json!({"email": null, "email_verified": null}),
        json!({"email_verified": false}),
        json!({"email": "nobody@example.com"}),
    ] {
        assert_eq!(office.bring(&changes).error(), REFUSED, "{changes}");
    }
    op.change_user(office.alice.id, |user| user.email_verified = false);
    assert_eq!(office.bring(&json!({})).error(), REFUSED, "her address here is not verified");
    op.change_user(office.alice.id, |user| user.email_verified = true);
    op.beside("group unassign staff alice").expect_success();
    assert_eq!(office.bring(&json!({})).error(), REFUSED, "she is not of the staff");
    op.beside("group assign staff alice").expect_success();
    assert_eq!(op.count("asserted_subjects"), 0);

    let token = office.token_for("00u2", "alice@example.com");
    assert!(office.is_active(&token));
    assert_eq!(office.bring(&json!({})).error(), REFUSED, "another subject stands for her now");
    assert_eq!(op.count("asserted_subjects"), 1);
}

#[test]
fn what_does_not_exist_is_not_removed() {
    let office = Office::open();
    let op = &office.op;
    let bob = office.colleague("bob");
    office.token();
    let mut root = administrator(op, "root");
    let (kinds, rows) = (op.audit_kinds(), office.rows());

    office
        .remove("alcie ISSUER --yes")
        .refused(1, &["error: there is no user \"alcie\"", "hint: did you mean alice?"]);
    op.beside("user asserted-subject list alcie").expect_failure(1);
    let list = "hint: to list those that do: pocketid user asserted-subject list";
    let missing = format!("error: no subject of {} stands for bob", office.issuer.url);
    office.remove("bob ISSUER --yes").refused(1, &[&missing, &format!("{list} bob")]);
    let other = "error: no subject of https://other.example.com stands for alice";
    office
        .remove("alice https://other.example.com --yes")
        .refused(1, &[other, &format!("{list} alice")]);
    office.remove("bob ISSUER --yes --if-present").expect_success();
    // Off a terminal it wants a yes.
    office.remove("alice ISSUER").expect_failure(2);

    let subject = text(&root.agent.get(&path(office.alice.id)).ok().json()[0]["id"]);
    for (path, refusal) in [
        (format!("{}/{subject}", path(bob.id)), "404 not_found"),
        (format!("{}/{UNKNOWN}", path(office.alice.id)), "404 not_found"),
        (format!("{}/nonsense", path(office.alice.id)), "404 not_found"),
        (format!("/api/users/{UNKNOWN}/asserted-subjects/{subject}"), "404 user_not_found"),
    ] {
        assert_eq!(delete(&mut root.agent, &path).error(), refusal, "{path}");
    }
    assert_eq!((op.audit_kinds(), office.rows()), (kinds, rows));

    let own = format!("{}/{subject}", path(office.alice.id));
    assert_eq!(delete(&mut root.agent, &own).status, 204);
    assert_eq!(delete(&mut root.agent, &own).error(), "404 not_found");
}

#[test]
fn of_one_issuer_with_two_sets_of_keys_the_id_says_which_is_meant() {
    let op = TestOp::start();
    let alice = op.user("alice");
    let issuer = "https://login.example.org";
    op.assert_subject(alice.id, json!({ "issuer": issuer }), "1");
    op.assert_subject(alice.id, json!({ "issuer": issuer, "jwks": "https://b.example.org" }), "1");
    let listed = op.beside("user asserted-subject list alice -o json").ok();
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let by_keys =
        listed.as_array().unwrap().iter().find(|one| one["jwks"] == "https://b.example.org");
    let id = text(&by_keys.unwrap()["id"]);

    let line = format!("user asserted-subject remove alice {issuer} --yes");
    let hint = "hint: give the id of the one you mean: ID (https://b.example.org), ID \
                (https://login.example.org/.well-known/jwks.json)";
    let error = format!("error: {issuer} has named alice twice, with other keys");
    op.beside(&line).refused(1, &[&error, hint]);
    assert_eq!(op.count("asserted_subjects"), 2);

    let gone = op.beside(&format!("user asserted-subject remove alice {id} --yes -q -o json"));
    assert_eq!(gone.json()["jwks"], "https://b.example.org");
    op.beside(&line).expect_success();
    assert_eq!(op.count("asserted_subjects"), 0);
}

#[test]
fn subjects_of_users_are_for_administrators() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let subject = op.assert_subject(alice.id, json!({"issuer": "https://a.example.org"}), "1");
    let one = format!("{}/{subject}", path(alice.id));
    let key = op.beside("api-key create script --for alice").ok();
    let mut script = op.agent().with_header("x-api-key", key.trim());
    for (agent, refusal) in [
        (&mut op.agent(), "401 not_signed_in"),
        (&mut alice.agent, "403 forbidden"),
        (&mut script, "403 forbidden"),
    ] {
        assert_eq!(agent.get(&path(alice.id)).error(), refusal);
        assert_eq!(delete(agent, &one).error(), refusal);
    }
    assert_eq!(op.count("asserted_subjects"), 1);
    // A key of an administrator may do what they may.
    let root = administrator(&op, "root");
    let key = op.beside("api-key create script --for root").ok();
    let mut script = op.agent().with_header("x-api-key", key.trim());
    let own = op.assert_subject(root.id, json!({"issuer": "https://a.example.org"}), "2");
    assert_eq!(delete(&mut script, &one).status, 204);
    assert_eq!(delete(&mut script, &format!("{}/{own}", path(root.id))).status, 204);
}

/// Another subject with the same address could take its place.
#[test]
fn a_subject_of_an_administrator_is_removed_with_a_passkey() {
    let op = TestOp::start();
    let (mut root, boss) = (administrator(&op, "root"), administrator(&op, "boss"));
    let alice = op.user("alice");
    let issuer = json!({"issuer": "https://a.example.org"});
    let [own, of_boss, of_alice] = [root.id, boss.id, alice.id].map(|id| {
        let subject = op.assert_subject(id, issuer.clone(), &id.to_string());
        format!("{}/{subject}", path(id))
    });
    op.advance(301);
    let missing = "401 reauthentication_required";
    for path in [&own, &of_boss] {
        assert_eq!(delete(&mut root.agent, path).error(), missing);
    }
    assert_eq!(op.count("asserted_subjects"), 3);
    assert_eq!(delete(&mut root.agent, &of_alice).status, 204, "others are administered");
    for path in [&own, &of_boss] {
        root.authenticator.reauthenticate(&mut root.agent).ok();
        assert_eq!(delete(&mut root.agent, path).status, 204);
    }
}

#[test]
fn the_end_of_the_trust_in_one_issuer_ends_no_tokens_of_another() {
    let office = Office::open();
    let second = office.second_issuer();
    let (by_first, by_second) = (office.token(), office.token_by(&second));

    let line = "client trusted-issuer remove CLIENT --issuer ISSUER";
    let line = line.replace("CLIENT", &office.client.id).replace("ISSUER", &office.issuer.url);
    office.op.beside(&line).expect_success();

    assert_eq!(office.active(&[&by_first, &by_second]), [false, true]);
    // A new address ends those of all issuers.
    office.op.beside("user update alice --email other@example.com").expect_success();
    assert_eq!(office.active(&[&by_second]), [false]);
    assert_eq!(office.op.count("asserted_subjects"), 0);
    let entries =
        "SELECT data FROM audit_events WHERE kind = 'ASSERTED_SUBJECT_REMOVED' ORDER BY id";
    let entries: Vec<Value> =
        office.op.texts(entries).iter().map(|data| serde_json::from_str(data).unwrap()).collect();
    let told: Vec<_> = entries.iter().map(|entry| (&entry["issuer"], &entry["subjects"])).collect();
    assert_eq!(
        told,
        [(&json!(office.issuer.url), &json!("1")), (&json!(second.url), &json!(null))]
    );
}

/// It would forget whom the issuer has named, and so let another subject take their place.
#[test]
fn the_usual_address_of_the_keys_written_out_is_no_change() {
    let office = Office::open();
    let token = office.token();
    let mut root = administrator(&office.op, "root");
    office.op.advance(301);

    let line =
        "client trusted-issuer add CLIENT --issuer ISSUER --jwks ISSUER/.well-known/jwks.json";
    let line = line.replace("CLIENT", &office.client.id).replace("ISSUER", &office.issuer.url);
    office.op.beside(&line).expect_success();
    assert_eq!((office.active(&[&token]), office.op.count("asserted_subjects")), (vec![true], 1));

    let back = json!([{"issuer": office.issuer.url}]);
    let file = json!({"clients": [
        {"id": office.client.id, "name": office.client.id, "trustedIssuers": back},
    ]});
    root.agent.json(Method::PUT, "/api/configuration", &file).ok();
    assert_eq!((office.active(&[&token]), office.op.count("asserted_subjects")), (vec![true], 1));
}
