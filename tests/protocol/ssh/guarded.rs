//! A stolen session of an administrator comes to no shell: what leads there wants a passkey, at each door.

use hyper::Method;
use serde_json::{Value, json};

use super::SshOp;
use crate::support::flow::Person;

/// `root` is open to `admins`, of which `alice` is one; the administrator signed in ten minutes ago.
fn with_stale_administrator() -> (SshOp, Person, Person) {
    let mut ssh = SshOp::start();
    let (alice, bob) = (ssh.op.person("alice"), ssh.op.person("bob"));
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.op.group("others", &[]);
    ssh.open("root", admins);
    ssh.op.advance(600);
    (ssh, alice, bob)
}

fn group(ssh: &mut SshOp, name: &str) -> String {
    let groups = ssh.admin.agent.get("/api/user-groups").ok().json();
    let mut all = groups["data"].as_array().unwrap().iter();
    let found = all.find(|group| group["name"] == name).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

fn profile(name: &str) -> Value {
    json!({
        "username": name, "email": format!("{name}@example.com"), "firstName": name,
        "lastName": name, "displayName": name,
    })
}

#[test]
fn what_leads_to_an_account_of_hosts_wants_a_passkey() {
    let (mut ssh, alice, bob) = with_stale_administrator();
    let (admins, others) = (group(&mut ssh, "admins"), group(&mut ssh, "others"));
    let (alice, bob) = (alice.id, bob.id);
    let with_group = |name: &str, group: &str| {
        let mut body = profile(name);
        body["userGroupIds"] = json!([group]);
        body
    };
    for (method, path, body) in [
        (Method::PUT, format!("/api/user-groups/{admins}/users"), json!({"userIds": [alice, bob]})),
        (Method::PUT, format!("/api/users/{bob}/user-groups"), json!({"userGroupIds": [admins]})),
        (Method::POST, "/api/users".to_owned(), with_group("carol", &admins)),
        (
            Method::POST,
            "/api/signup-tokens".to_owned(),
            json!({"usageLimit": 1, "userGroupIds": [admins]}),
        ),
        (Method::POST, format!("/api/users/{alice}/one-time-access-token"), json!({})),
        (Method::PUT, format!("/api/users/{alice}"), profile("alicia")),
        (
            Method::PUT,
            "/api/configuration".to_owned(),
            json!({
                "groups": [{"name": "admins", "members": ["alice", "bob"]}],
            }),
        ),
        (
            Method::PUT,
            "/api/configuration".to_owned(),
            json!({
                "settings": {"sshCertificateDuration": 10080},
            }),
        ),
        (
            Method::PUT,
            "/api/configuration".to_owned(),
            json!({
                "sshAccounts": [{"account": "git", "allowedUserGroups": ["others"]}],
            }),
        ),
    ] {
        let answer = ssh.admin.agent.json(method.clone(), &path, &body);
        assert_eq!(answer.error(), "401 reauthentication_required", "{method} {path} {body}");
    }
    // Other groups and users cost nothing, nor does what takes access away.
    for (method, path, body) in [
        (Method::PUT, format!("/api/user-groups/{others}/users"), json!({"userIds": [alice, bob]})),
        (Method::POST, "/api/users".to_owned(), with_group("dora", &others)),
        (Method::POST, format!("/api/users/{bob}/one-time-access-token"), json!({})),
        (Method::PUT, format!("/api/user-groups/{admins}/users"), json!({"userIds": []})),
    ] {
        ssh.admin.agent.json(method, &path, &body).ok();
    }
}

#[test]
fn the_client_keeps_its_settings_and_its_id() {
    let mut ssh = SshOp::start();
    let path = "/api/oidc/clients/pocketid-ssh";
    let good = ssh.admin.agent.get(path).ok().json();
    for (field, value) in [
        ("callbackURLs", json!(["https://evil.example/callback"])),
        ("requiresReauthentication", json!(false)),
        ("skipConsent", json!(true)),
        ("isPublic", json!(false)),
    ] {
        let mut body = good.clone();
        body[field] = value;
        assert_eq!(ssh.put(path, &body).error(), "409 ssh_client_is_fixed", "{field}");
    }
    let mut body = good.clone();
    body["name"] = json!("Shells");
    ssh.put(path, &body).ok();
    // Without it nobody gets a certificate.
    assert_eq!(ssh.delete(path).error(), "409 ssh_client_in_use");
    ssh.op.beside("client delete pocketid-ssh --yes").expect_failure(1);
    ssh.op.beside("ssh disable --yes").expect_success();
    ssh.delete(path).ok();
    let body = json!({
        "id": "pocketid-ssh", "name": "SSH", "isPublic": true, "pkceEnabled": true,
        "callbackURLs": ["https://evil.example/callback"],
    });
    let taken = ssh.admin.agent.post("/api/oidc/clients", &body);
    assert_eq!(taken.error(), "409 ssh_client_is_fixed");
    ssh.put("/api/ssh-authority", &Value::Null).ok();
}

/// Such as one that was imported.
#[test]
fn enabling_adopts_no_foreign_client() {
    let mut ssh = SshOp::start();
    ssh.op.execute("UPDATE clients SET requires_reauthentication = 0 WHERE id = 'pocketid-ssh'");
    let refused = ssh.put("/api/ssh-authority", &Value::Null);
    assert_eq!(refused.error(), "409 ssh_client_is_fixed");
    ssh.delete("/api/oidc/clients/pocketid-ssh").ok();
    ssh.put("/api/ssh-authority", &Value::Null).ok();
}

#[test]
fn an_api_key_opens_no_account_and_makes_no_authority() {
    let mut ssh = SshOp::start();
    let tomorrow = ssh.op.now().plus(86_400);
    let key = json!({"name": "script", "expiresAt": tomorrow.to_string()});
    let key = ssh.admin.agent.post("/api/api-keys", &key).ok().json();
    let mut program = ssh.op.agent().with_header("x-api-key", key["token"].as_str().unwrap());
    for (path, body) in [
        ("/api/ssh-accounts", json!({"account": "root", "isForEveryone": true})),
        ("/api/ssh-ca-keys", json!({"kind": "user"})),
    ] {
        let answer = program.post(path, &body);
        assert_eq!(answer.error(), "403 api_key_auth_not_allowed", "{path}");
    }
    let document = json!({"sshAccounts": [{"account": "root", "isForEveryone": true}]});
    let answer = program.json(Method::PUT, "/api/configuration", &document);
    assert_eq!(answer.error(), "403 api_key_auth_not_allowed", "{answer:?}");
    assert_eq!(ssh.op.count("ssh_accounts"), 0);
    // What takes access away, and certificates of hosts, are for programs too.
    let host = json!({
        "publicKey": crate::support::sshd::new_key(&["-t", "ed25519"]), "names": ["db1.example.com"],
    });
    program.post("/api/ssh-host-certificates", &host).ok();
}

/// `{username}` gives no name that has a row of its own: here the row keeps the user `gitlab` out of the account.
#[test]
fn deleting_the_row_of_a_name_that_somebody_could_have_wants_a_passkey() {
    let mut ssh = SshOp::start();
    let mut gitlab = ssh.op.person("gitlab");
    let staff = ssh.op.group("staff", &[gitlab.id]);
    let bots = ssh.op.group("bots", &[]);
    let (own, plain) = (ssh.open("{username}", staff), ssh.open("gitlab", bots));
    let other = ssh.open("postgres", bots);
    ssh.confirm("gitlab");
    let token = ssh.token(&mut gitlab);
    assert_eq!(ssh.ask_for_all(&token).error(), "403 ssh_account_not_allowed");
    let key = ssh.op.beside("api-key create script --for keeper").ok();
    let mut program = ssh.op.agent().with_header("x-api-key", key.trim());
    let mut delete =
        |id: &str| program.json(Method::DELETE, &format!("/api/ssh-accounts/{id}"), &Value::Null);

    assert_eq!(delete(&plain).error(), "403 api_key_auth_not_allowed");
    ssh.op.advance(600);
    let stale = ssh.delete(&format!("/api/ssh-accounts/{plain}"));
    assert_eq!(stale.error(), "401 reauthentication_required");
    assert_eq!(ssh.op.count("ssh_accounts"), 3);
    // `{username}` itself only takes away, and then nothing gives a name.
    delete(&own).ok();
    delete(&plain).ok();
    delete(&other).ok();
    assert_eq!(ssh.op.count("ssh_accounts"), 0);
}
