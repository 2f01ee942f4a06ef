//! `POST /api/ssh/certificates`: what is given to whom, and what is refused.

use pocketid::model::app_config::UserSignups;
use serde_json::{Value, json};

use super::SshOp;
use crate::support::{
    op::TestOp,
    sshd::{keygen, new_key},
};

/// What `ssh-keygen` reads in a certificate.
pub(super) fn read(certificate: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key-cert.pub");
    std::fs::write(&path, certificate).unwrap();
    keygen(&["-L", "-f", path.to_str().unwrap()])
}

fn principals(answer: &Value) -> Vec<&str> {
    answer["principals"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
}

#[test]
fn a_certificate_is_good_for_the_accounts_of_the_groups_of_its_user() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    let others = ssh.op.group("others", &[]);
    ssh.open("root", admins);
    ssh.open("postgres@db1", admins);
    ssh.open("{username}", admins);
    ssh.open("git", others);
    ssh.confirm("alice");

    let token = ssh.token(&mut alice);
    let answer = ssh.ask_for_all(&token);

    assert_eq!(answer.status, 201, "{answer:?}");
    let answer = answer.json();
    assert_eq!(principals(&answer), ["alice", "postgres@db1", "root"]);
    assert_eq!((answer["keyId"].as_str(), answer["kind"].as_str()), (Some("alice"), Some("user")));
    let read = read(answer["certificate"].as_str().unwrap());
    assert!(read.contains("Type: ssh-ed25519-cert-v01@openssh.com user certificate"), "{read}");
    assert!(read.contains("Key ID: \"alice\""), "{read}");
    assert!(read.contains(&format!("Serial: {}", answer["serial"].as_str().unwrap())), "{read}");
    assert!(!read.contains("permit-agent-forwarding"), "{read}");
    assert!(!read.contains("permit-X11-forwarding"), "{read}");
    assert!(read.contains("permit-pty") && read.contains("Critical Options: (none)"), "{read}");
    let kinds = ssh.op.audit_kinds();
    assert!(kinds.contains(&"SSH_CERTIFICATE_ISSUED".to_owned()), "{kinds:?}");
    let own = alice.agent.get("/api/users/me/ssh-certificates").ok().json();
    assert_eq!(own[0]["serial"], answer["serial"]);
}

#[test]
fn keys_of_three_types_are_certified() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.open("root", admins);
    let token = ssh.token(&mut alice);
    // Made by the FIDO key of another machine: this one has none.
    let sk = "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIFiFJo5j\
              7BsKJ5vV3Q0t3xF0hVb0sFOtb0s1aXq0CxLQAAAABHNzaDo=";
    for key in [new_key(&["-t", "ed25519"]), new_key(&["-t", "rsa", "-b", "2048"]), sk.to_owned()] {
        let answer = ssh.ask(&token, &json!({"publicKey": key}));
        assert_eq!(answer.status, 201, "{key} {answer:?}");
        let read = read(answer.json()["certificate"].as_str().unwrap());
        assert!(read.contains("user certificate") && read.contains("root"), "{read}");
    }
}

#[test]
fn what_is_no_public_key_is_refused() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.open("root", admins);
    let token = ssh.token(&mut alice);
    let good = new_key(&["-t", "ed25519"]);
    let certificate = ssh.ask(&token, &json!({"publicKey": good})).ok().json();
    let certificate = certificate["certificate"].as_str().unwrap();
    let private = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";
    let before = ssh.op.count("ssh_certificates");
    for (key, said) in [
        (String::new(), "is required"),
        (private.into(), "is a private key"),
        (certificate.into(), "is a certificate"),
        (new_key(&["-t", "rsa", "-b", "1024"]), "fewer than 2,048"),
        (new_key(&["-t", "ecdsa"]), "of a type that is not certified"),
        ("ssh-dss AAAAB3NzaC1kc3MAAAABAQ==".into(), "is not a line"),
        ("ssh-foo AAAAB3NzaC1kc3MAAAABAQ==".into(), "is not a line"),
        (format!("{good}{good}"), "is not a line"),
        (format!("no-pty {good}"), "is not a line"),
        (good.replace("ssh-ed25519 ", "ssh-rsa "), "of a type that is not certified"),
        (format!("{} {}", good.trim(), "x".repeat(9_000)), "is not a line"),
    ] {
        let answer = ssh.ask(&token, &json!({"publicKey": key}));
        assert_eq!(answer.error(), "400 validation_failed", "{key}");
        assert!(answer.text().contains(said), "{key}: {}", answer.text());
    }
    let huge = ssh.ask(&token, &json!({"publicKey": "a".repeat(40_000)}));
    assert_eq!(huge.status, 413);
    for body in
        [json!({"publicKey": 1}), json!([]), json!({"publicKey": good, "principals": "root"})]
    {
        assert_eq!(ssh.ask(&token, &body).error(), "400 invalid_request_body", "{body}");
    }
    assert_eq!(ssh.op.count("ssh_certificates"), before);
}

#[test]
fn principals_of_others_are_refused_and_told_in_the_audit_log() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    let others = ssh.op.group("others", &[]);
    ssh.open("postgres", admins);
    ssh.open("root", others);
    let token = ssh.token(&mut alice);
    let key = new_key(&["-t", "ed25519"]);
    for foreign in [
        "root",
        "alice",
        "postgres@db1",
        "*",
        "",
        "postgres,root",
        "postgres root",
        "postgres\nroot",
        "Postgres",
        "-oProxyCommand=id",
        "{username}",
    ] {
        let wanted = json!({"publicKey": key, "principals": ["postgres", foreign]});
        let answer = ssh.ask(&token, &wanted);
        assert_eq!(answer.error(), "403 ssh_account_not_allowed", "{foreign:?}");
    }
    assert_eq!(ssh.op.count("ssh_certificates"), 0);
    let kinds = ssh.op.audit_kinds();
    assert_eq!(kinds.iter().filter(|kind| *kind == "SSH_CERTIFICATE_REFUSED").count(), 11);
    let none = ssh.ask(&token, &json!({"publicKey": key, "principals": []}));
    assert_eq!(none.error(), "400 validation_failed");
    let mine = ssh.ask(&token, &json!({"publicKey": key, "principals": ["postgres"]})).ok().json();
    assert_eq!(principals(&mine), ["postgres"]);
}

#[test]
fn somebody_without_an_account_gets_none() {
    let mut ssh = SshOp::start();
    let mut bob = ssh.op.person("bob");
    let admins = ssh.op.group("admins", &[]);
    ssh.open("root", admins);
    let token = ssh.token(&mut bob);

    assert_eq!(ssh.ask_for_all(&token).error(), "403 ssh_account_not_allowed");
}

/// A user who chooses the name could take that of an account.
#[test]
fn own_names_are_worth_nothing_unless_an_administrator_gave_them() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let staff = ssh.op.group("staff", &[alice.id]);
    ssh.open("{username}", staff);
    let token = ssh.token(&mut alice);
    let refused = "403 ssh_account_not_allowed";
    assert_eq!(ssh.ask_for_all(&token).error(), refused, "nobody knows where the name is from");
    ssh.confirm("alice");
    assert_eq!(principals(&ssh.ask_for_all(&token).ok().json()), ["alice"]);

    let own = json!({"username": "gitlab-runner", "email": "a@example.com", "firstName": "A", "lastName": "A", "displayName": "A"});
    alice.agent.json(hyper::Method::PUT, "/api/users/me", &own).ok();
    let token = ssh.token(&mut alice);
    assert_eq!(ssh.ask_for_all(&token).error(), refused, "her own choice");
    ssh.op.beside("user update gitlab-runner --username alicia").expect_success();
    let token = ssh.token(&mut alice);
    assert_eq!(principals(&ssh.ask_for_all(&token).ok().json()), ["alicia"]);
}

#[test]
fn users_whom_administrators_make_are_confirmed_and_those_who_sign_up_are_not() {
    let mut ssh = SshOp::start();
    ssh.op.beside("config set allowUserSignups open").expect_success();
    crate::support::wait_until(|| ssh.op.config().allow_user_signups() == UserSignups::Open);
    let staff = ssh.op.group("staff", &[]);
    ssh.open("{username}", staff);
    ssh.op.beside("user add bob").expect_success();
    let carol = json!({"username": "carol", "email": "c@example.com", "firstName": "C", "lastName": "C", "displayName": "C"});
    ssh.admin.agent.post("/api/users", &carol).ok();
    let mallory = json!({"username": "almalinux", "email": "m@example.com", "firstName": "M", "lastName": "M", "displayName": "M"});
    ssh.op.agent().post("/api/signup", &mallory).ok();
    let named = ssh.op.texts(
        "SELECT u.username FROM users u JOIN ssh_users s ON s.user_id = u.id AND s.username = u.username ORDER BY u.username",
    );
    assert_eq!(named, ["bob", "carol"]);
}

/// A name that is given with a stolen session must open no account later, when that is opened to its group.
#[test]
fn a_name_that_is_given_with_a_stale_session_or_an_api_key_waits() {
    let mut ssh = SshOp::start();
    let key = ssh.op.beside("api-key create script --for keeper").ok();
    let mut program = ssh.op.agent().with_header("x-api-key", key.trim());
    ssh.op.beside("user add bob").expect_success();
    ssh.op.advance(600);
    let of = |name: &str| json!({"username": name, "email": format!("{name}@example.com"), "firstName": "C", "lastName": "C", "displayName": "C"});

    ssh.admin.agent.post("/api/users", &of("carol")).ok();
    program.post("/api/users", &of("dora")).ok();
    let users = ssh.admin.agent.get("/api/users?search=bob").ok().json();
    let path = format!("/api/users/{}", users["data"][0]["id"].as_str().unwrap());
    for name in ["other", "bob"] {
        ssh.op.execute("UPDATE ssh_users SET username = 'elsewhere' WHERE username = 'bob'");
        program.json(hyper::Method::PUT, &path, &of(name)).ok();
        ssh.admin.agent.json(hyper::Method::PUT, &path, &of(&format!("{name}2"))).ok();
    }
    let document = json!({"users": [of("erin")]});
    ssh.put("/api/configuration", &document).ok();

    let named = ssh.op.texts(
        "SELECT u.username FROM users u JOIN ssh_users s ON s.user_id = u.id AND s.username = u.username
          WHERE u.username <> 'keeper'",
    );
    assert_eq!(named, Vec::<String>::new());
}

#[test]
fn a_username_that_is_the_name_of_a_system_account_or_of_a_rule_opens_nothing() {
    let mut ssh = SshOp::start();
    let names = ["root", "ubuntu", "deployer", "Upper", "root@db1"];
    ssh.op.beside("group create staff").expect_success();
    for name in names {
        ssh.op.beside(&format!("user add {name} --group staff")).expect_success();
    }
    ssh.op.beside("ssh account create {username} --group staff").expect_success();
    let nobody = ssh.op.group("nobody", &[]);
    ssh.open("deployer", nobody);
    for name in names {
        let mut person = sign_in(&ssh.op, name);
        let token = ssh.token(&mut person);
        assert_eq!(ssh.ask_for_all(&token).error(), "403 ssh_account_not_allowed", "{name}");
    }
}

fn sign_in(op: &TestOp, name: &str) -> crate::support::flow::Person {
    let id = op.texts(&format!("SELECT username FROM users WHERE username = '{name}'"));
    assert_eq!(id, [name]);
    let store = op.store();
    let name = name.to_owned();
    let users =
        store.read_blocking(move |tx| pocketid::store::users::find_by_name(tx, &name)).unwrap();
    let user = &users[0];
    let mut agent = op.agent();
    let code = op.one_time_code(user.id, 600);
    agent.post(&format!("/api/one-time-access-token/{code}"), &json!({})).ok();
    let mut authenticator =
        crate::support::soft_authenticator::SoftAuthenticator::new(op.base_url());
    authenticator.register(&mut agent).ok();
    agent.cookies.clear();
    authenticator.sign_in(&mut agent).ok();
    crate::support::flow::Person { id: user.id, agent, authenticator }
}

#[test]
fn only_a_live_token_for_certificates_counts() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.open("root", admins);
    let good = ssh.token(&mut alice);
    assert_eq!(ssh.ask_for_all(&good).status, 201);

    // RFC 6750 §3.
    let none = ssh.op.agent().post("/api/ssh/certificates", &json!({}));
    assert_eq!(none.status, 401);
    assert!(none.header("www-authenticate").starts_with("Bearer"), "{none:?}");
    let client = ssh.op.client();
    let code = alice.code(&client, &[]);
    let other = ssh.op.redeem(&client, &code).ok().json();
    let other = other["access_token"].as_str().unwrap().to_owned();
    let (start, end) = good.split_at(good.len() - 10);
    let other_letter = if end.starts_with('A') { 'B' } else { 'A' };
    let tampered = format!("{start}{other_letter}{}", &end[1..]);
    for token in [other.as_str(), tampered.as_str(), "", "a.b.c", &"a".repeat(10_000)] {
        assert_eq!(ssh.ask_for_all(token).error(), "401 not_signed_in", "{token}");
    }
    // Neither a session nor the key of an administrator is one.
    let body = json!({"publicKey": new_key(&["-t", "ed25519"])});
    assert_eq!(ssh.admin.agent.post("/api/ssh/certificates", &body).error(), "401 not_signed_in");
    ssh.op.advance(301);
    assert_eq!(ssh.ask_for_all(&good).error(), "401 not_signed_in", "it has expired");
}

#[test]
fn the_token_of_a_disabled_user_and_of_an_ended_sign_in_is_worth_nothing() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let mut bob = ssh.op.person("bob");
    let admins = ssh.op.group("admins", &[alice.id, bob.id]);
    ssh.open("root", admins);
    let (of_alice, of_bob) = (ssh.token(&mut alice), ssh.token(&mut bob));
    ssh.op.beside("user disable alice").expect_success();
    ssh.op.beside("session revoke --all bob --yes").expect_success();

    assert_eq!(ssh.ask_for_all(&of_alice).error(), "401 not_signed_in");
    assert_eq!(ssh.ask_for_all(&of_bob).error(), "401 not_signed_in");
}

/// A one-time code comes by mail, or from an administrator: it is no passkey.
#[test]
fn a_sign_in_without_a_passkey_gets_none() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.open("root", admins);
    let token = ssh.token(&mut alice);
    ssh.op.execute("UPDATE grants SET amr = 'otp'");

    assert_eq!(ssh.ask_for_all(&token).error(), "403 passkey_required");
}

#[test]
fn a_sign_in_gets_certificates_for_ten_minutes_and_no_refresh_token() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.open("root", admins);
    let token = ssh.token(&mut alice);
    assert_eq!(ssh.op.count("refresh_tokens"), 0);
    let set = |column: &str, value: &str| {
        ssh.op.execute(&format!("UPDATE grants SET {column} = {value}"));
    };
    set("auth_time", "auth_time - 601");
    assert_eq!(ssh.ask_for_all(&token).error(), "403 passkey_required", "an old sign-in");
    set("auth_time", "auth_time + 601");
    set("scope", "'openid offline_access'");
    assert_eq!(ssh.ask_for_all(&token).error(), "403 passkey_required", "offline access");
    set("scope", "'openid'");
    ssh.ask_for_all(&token).ok();
}

/// An administrator, or the thief of their session, could let another client use the API.
#[test]
fn the_token_of_another_client_for_the_same_api_gets_none() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.open("root", admins);
    let client = ssh.op.client();
    let api = ssh.admin.agent.get("/api/apis").ok().json()["data"][0]["id"].clone();
    let access = json!({"userDelegatedAccess": true});
    let path = format!("/api/apis/{}/clients/{}", api.as_str().unwrap(), client.id);
    ssh.put(&path, &access).ok();
    let resource = format!("{}/api/ssh/certificates", ssh.op.base_url());
    let code = alice.code(&client, &[("resource", resource.as_str()), ("scope", "openid")]);
    let token = ssh.op.redeem(&client, &code).ok().json()["access_token"].clone();
    assert_eq!(ssh.ask_for_all(token.as_str().unwrap()).error(), "401 not_signed_in");

    let good = ssh.token(&mut alice);
    ssh.ask_for_all(&good).ok();
    let path = format!("/api/apis/{}/clients/pocketid-ssh", api.as_str().unwrap());
    ssh.delete(&path).ok();
    assert_eq!(ssh.ask_for_all(&good).error(), "401 not_signed_in", "its access was taken away");
    ssh.put("/api/ssh-authority", &Value::Null).ok();
    ssh.ask_for_all(&good).ok();
}

/// A stranger who reads the mail of a user can get a one-time code.
#[test]
fn a_passkey_that_was_added_with_a_code_beside_others_gets_none_until_confirmed() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.open("root", admins);
    ssh.op.advance(5);
    let mut thief = ssh.op.agent();
    let code = ssh.op.one_time_code(alice.id, 600);
    thief.post(&format!("/api/one-time-access-token/{code}"), &json!({})).ok();
    let mut second = crate::support::soft_authenticator::SoftAuthenticator::new(ssh.op.base_url());
    second.register(&mut thief).ok();

    let token = ssh.token(&mut alice);
    assert_eq!(ssh.ask_for_all(&token).error(), "403 ssh_user_not_confirmed");
    assert_eq!(ssh.op.count("ssh_certificates"), 0);
    ssh.confirm("alice");
    ssh.ask_for_all(&token).ok();
}

#[test]
fn a_certificate_lives_as_long_as_the_setting_allows_and_no_longer() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.open("root", admins);
    let token = ssh.token(&mut alice);
    let life = |wanted: Value| {
        let key = new_key(&["-t", "ed25519"]);
        let answer = ssh.ask(&token, &json!({"publicKey": key, "durationSeconds": wanted}));
        let answer = answer.ok().json();
        let moment = |name: &str| -> pocketid::model::Timestamp {
            answer[name].as_str().unwrap().parse().unwrap()
        };
        moment("expiresAt").seconds_since(moment("createdAt"))
    };
    assert_eq!(life(Value::Null), 36_000);
    assert_eq!(life(json!(60)), 60);
    assert_eq!(life(json!(i64::MAX)), 36_000);
    let short = json!({"publicKey": new_key(&["-t", "ed25519"]), "durationSeconds": 59});
    assert_eq!(ssh.ask(&token, &short).error(), "400 validation_failed");
}

/// A host asks nobody, so it would let its holder in until it has the next list.
#[test]
fn a_certificate_ends_with_the_last_membership_that_admits_to_its_accounts_and_to_the_client() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let groups = ["admins", "dba", "friends", "laptops"].map(|name| ssh.op.group(name, &[]));
    let root = json!({"account": "root", "allowedUserGroupIds": [groups[0], groups[2]]});
    ssh.admin.agent.post("/api/ssh-accounts", &root).ok();
    ssh.open("postgres", groups[1]);
    let everyone =
        json!({"account": "guest", "isForEveryone": true, "allowedUserGroupIds": [groups[1]]});
    ssh.admin.agent.post("/api/ssh-accounts", &everyone).ok();
    for (name, end) in [("admins", "2h"), ("dba", "90m"), ("friends", "3h")] {
        let assign = format!("group assign {name} alice --until {end}");
        ssh.op.beside(&assign).expect_success();
    }
    let mut token = ssh.token(&mut alice);
    let key = new_key(&["-t", "ed25519"]);
    let given = |ssh: &SshOp, token: &str, principals: Value| {
        let answer = ssh.ask(token, &json!({"publicKey": key, "principals": principals}));
        let answer = answer.ok().json();
        let moment = |name: &str| -> pocketid::model::Timestamp {
            answer[name].as_str().unwrap().parse().unwrap()
        };
        let seconds = moment("expiresAt").seconds_since(moment("createdAt"));
        (answer["principals"].clone(), seconds)
    };
    // The commands took some moments.
    let is_near = |seconds: i64, wanted: i64| (wanted - 59..=wanted).contains(&seconds);
    let (names, seconds) = given(&ssh, &token, Value::Null);
    assert_eq!(names, json!(["guest", "postgres", "root"]));
    assert!(is_near(seconds, 5_400), "{seconds}");
    let (_, seconds) = given(&ssh, &token, json!(["guest", "root"]));
    assert!(is_near(seconds, 10_800), "{seconds}");
    assert_eq!(given(&ssh, &token, json!(["guest"])).1, 36_000);

    // One that ends before a certificate could counts as ended.
    ssh.op.advance(5_400 - 59);
    token = ssh.token(&mut alice);
    assert_eq!(given(&ssh, &token, Value::Null).0, json!(["guest", "root"]));
    let wanted = json!({"publicKey": key, "principals": ["postgres"]});
    assert_eq!(ssh.ask(&token, &wanted).error(), "403 ssh_account_not_allowed");

    // The command does not know that time has passed.
    ssh.op.beside("group assign laptops alice --until 2h").expect_success();
    ssh.op.beside("client update pocketid-ssh --group laptops").expect_success();
    let (_, seconds) = given(&ssh, &token, json!(["guest"]));
    assert!(is_near(seconds, 7_200 - 5_341), "{seconds}");
}

#[test]
fn a_user_has_fifty_certificates_at_most() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.open("root", admins);
    let token = ssh.token(&mut alice);
    let body = json!({"publicKey": new_key(&["-t", "ed25519"])});
    for _ in 0..50 {
        ssh.ask(&token, &body).ok();
    }
    assert_eq!(ssh.ask(&token, &body).error(), "409 too_many_ssh_certificates");
    // Revoked ones keep nobody out.
    ssh.op.execute("UPDATE ssh_certificates SET revoked_at = 1");
    ssh.ask(&token, &body).ok();
}

#[test]
fn without_an_authority_it_costs_nothing_and_says_so() {
    let op = TestOp::start();
    for path in ["/api/ssh/krl", "/api/ssh/user-ca.pub", "/api/ssh/host-ca.pub"] {
        assert_eq!(op.agent().get(path).error(), "404 ssh_not_enabled", "{path}");
    }
    assert_eq!(op.count("ssh_ca_keys") + op.count("clients") + op.count("apis"), 0);
}
