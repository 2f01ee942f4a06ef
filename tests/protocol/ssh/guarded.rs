//! A stolen session of an administrator comes to no shell: what leads there wants a passkey, at each door.

use hyper::Method;
use pocketid::model::ConfigKey;
use serde_json::{Value, json};

use super::SshOp;
use crate::support::{flow::Person, wait_until};

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

/// An account that is open to everyone is open to whoever comes next.
#[test]
fn where_an_account_is_open_to_everyone_letting_somebody_in_wants_a_passkey() {
    let (mut ssh, ..) = with_stale_administrator();
    // Without a mail server, nobody can be invited.
    for setting in ["smtpHost mail.example.com", "smtpFrom op@example.com"] {
        ssh.op.beside(&format!("config set {setting}")).expect_success();
    }
    wait_until(|| ssh.op.config().text(ConfigKey::SmtpFrom) == "op@example.com");
    for (is_for_everyone, sign_ups) in [(false, "withToken"), (true, "open")] {
        let sign_ups = json!({"settings": {"allowUserSignups": sign_ups}});
        if is_for_everyone {
            ssh.op.beside("ssh account create games --everyone").expect_success();
        }
        for (method, path, body) in [
            (Method::POST, "/api/users", profile(&format!("erin{is_for_everyone}"))),
            (Method::POST, "/api/signup-tokens", json!({"usageLimit": 1})),
            (Method::PUT, "/api/configuration", sign_ups.clone()),
        ] {
            let answer = ssh.admin.agent.json(method.clone(), path, &body);
            let wants = answer.status == 401;
            assert_eq!(wants, is_for_everyone, "{method} {path}: {}", answer.text());
            assert_eq!(answer.text().contains("reauthentication_required"), wants);
        }
        let erin = json!({"email": "erin@example.com", "username": "deployer"});
        let invited = ssh.admin.agent.post("/api/users/invite", &erin);
        assert_eq!(invited.status == 401, is_for_everyone, "{}", invited.text());
    }
}

#[test]
fn the_document_makes_no_membership_longer_without_a_passkey() {
    let (mut ssh, ..) = with_stale_administrator();
    ssh.op.beside("group assign admins bob --until 8h").expect_success();
    let document = |ends: Value| {
        json!({"groups": [{
            "name": "admins", "members": ["alice", "bob"], "membershipEnds": ends,
        }]})
    };
    let at = |seconds: i64| ssh.op.now().plus(seconds).to_string();
    let ends = |until: String| json!([{"username": "bob", "until": until}]);
    let (later, sooner) = (document(ends(at(30_000))), document(ends(at(600))));
    for longer in [document(json!([])), later] {
        let answer = ssh.put("/api/configuration", &longer);
        assert_eq!(answer.error(), "401 reauthentication_required", "{longer}");
    }
    ssh.put("/api/configuration", &sooner).ok();
}

/// Only members of its groups get certificates, once it is restricted to groups.
#[test]
fn the_groups_of_the_client_are_guarded_like_those_of_accounts() {
    let (mut ssh, alice, bob) = with_stale_administrator();
    let (admins, others) = (group(&mut ssh, "admins"), group(&mut ssh, "others"));
    let path = "/api/oidc/clients/pocketid-ssh";
    let groups = &format!("{path}/allowed-user-groups");
    let mut restricted = ssh.admin.agent.get(path).ok().json();
    restricted["isGroupRestricted"] = json!(true);
    ssh.put(path, &restricted).ok();
    ssh.put(groups, &json!({"userGroupIds": []})).ok();
    let mut open = restricted.clone();
    open["isGroupRestricted"] = json!(false);
    let of_group = |group: &str, what: &str| format!("/api/user-groups/{group}/{what}");
    let wider = |ssh: &mut SshOp| {
        for (path, body) in [
            (path.to_owned(), open.clone()),
            (groups.clone(), json!({"userGroupIds": [admins, others]})),
            (of_group(&admins, "allowed-oidc-clients"), json!({"oidcClientIds": ["pocketid-ssh"]})),
            (
                "/api/configuration".to_owned(),
                json!({"clients": [{"id": "pocketid-ssh", "isGroupRestricted": false}]}),
            ),
        ] {
            let answer = ssh.put(&path, &body);
            assert_eq!(answer.error(), "401 reauthentication_required", "{path} {body}");
        }
    };
    wider(&mut ssh);
    let allowed = "INSERT INTO client_groups (client_id, group_id)
         SELECT 'pocketid-ssh', id FROM groups WHERE name = 'others'";
    ssh.op.execute(allowed);
    wider(&mut ssh);
    let joins = ssh.put(&of_group(&others, "users"), &json!({"userIds": [bob.id]}));
    assert_eq!(joins.error(), "401 reauthentication_required");
    // Other clients and groups, and what takes access away.
    let other = ssh.op.client();
    ssh.put(&of_group(&admins, "allowed-oidc-clients"), &json!({"oidcClientIds": [other.id]})).ok();
    ssh.put(groups, &json!({"userGroupIds": [others]})).ok();
    ssh.put(groups, &json!({"userGroupIds": []})).ok();
    ssh.put(&of_group(&others, "users"), &json!({"userIds": [alice.id]})).ok();
    // It is made anew without a restriction.
    ssh.op.beside("ssh disable --yes").expect_success();
    assert_eq!(ssh.delete(path).error(), "401 reauthentication_required");
    assert_eq!(ssh.op.number("SELECT COUNT(*) FROM clients WHERE id = 'pocketid-ssh'"), 1);
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
    let document = json!({"sshAccounts": [
        {"account": "{username}", "allowedUserGroups": ["staff"]},
        {"account": "postgres", "allowedUserGroups": ["bots"]},
    ]});
    let stale = ssh.put("/api/configuration?prune=true", &document);
    assert_eq!(stale.error(), "401 reauthentication_required");
    assert_eq!(ssh.op.count("ssh_accounts"), 3);
    // `{username}` itself only takes away, and then nothing gives a name.
    delete(&own).ok();
    delete(&plain).ok();
    delete(&other).ok();
    assert_eq!(ssh.op.count("ssh_accounts"), 0);
}
