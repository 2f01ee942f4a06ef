//! `pocketid client secret`

use serde_json::{Value, json};

use crate::support::{
    cli::{Cli, redact},
    op::{TestClient, TestOp},
};

fn with_client() -> Cli {
    let cli = Cli::new();
    cli.run("client create Web --id web").expect_success();
    cli
}

fn ids(cli: &Cli) -> Vec<String> {
    let listed: Value =
        serde_json::from_str(&cli.run("client secret list web -o json").ok()).unwrap();
    let ids = listed.as_array().unwrap().iter().map(|secret| secret["id"].as_str().unwrap());
    ids.map(str::to_owned).collect()
}

#[test]
fn a_new_secret_is_alone_on_its_line_and_shown_once() {
    let cli = with_client();

    let secret = cli.run("client secret create web").ok();

    assert_eq!(redact(&secret), "SECRET\n");
    let listed = cli.run("client secret list web").ok();
    assert!(!listed.contains(secret.trim_end()));
    assert_eq!(listed.lines().count(), 2);
    assert!(cli.audit_log().contains(&"CLIENT_SECRET_CREATED cli -".to_owned()));
    let mut json = cli.run("client secret create web --expires 30d -o json").json();
    json["prefix"] = json!("PREFIX");
    assert_eq!(
        json,
        json!({
            "id": "ID", "prefix": "PREFIX", "createdAt": "TIME", "expiresAt": "TIME",
            "isActive": true, "secret": "SECRET",
        })
    );
}

/// RFC 6749 §2.3.1: both secrets authenticate the client, until one is deleted or expires.
#[test]
fn a_secret_is_replaced_without_a_break() {
    let op = TestOp::start();
    let old = op.client();
    let create = format!("client secret create {} --expires 1h", old.id);
    let secret = op.beside(&create).ok().trim_end().to_owned();
    let new = TestClient { secret, ..old.clone() };
    let mut alice = op.person("alice");
    let mut works = |client: &TestClient| op.redeem(client, &alice.code(client, &[])).status == 200;
    assert!(works(&old) && works(&new));

    op.beside(&format!("client secret delete {} {} --yes", old.id, &old.secret[..4]))
        .expect_success();

    assert!(!works(&old) && works(&new));
    op.advance(3_600);
    alice.agent.cookies.clear();
    alice.authenticator.sign_in(&mut alice.agent).ok();
    assert_eq!(op.redeem(&new, &alice.code(&new, &[])).error(), "401 invalid_client");
}

#[test]
fn a_secret_is_deleted_when_it_is_meant() {
    let cli = with_client();
    let id = ids(&cli).remove(0);

    cli.run(&format!("client secret delete web {id}")).expect_failure(2);
    let deleted = cli.run(&format!("client secret remove web {id} --yes -o json"));

    let told = deleted.stderr.split_once('\n').unwrap();
    assert!(told.0.starts_with("Deleted the secret ") && told.0.ends_with("… of web."));
    assert_eq!(
        told.1,
        "warning: web no longer has a secret, and gets no tokens; to create one: pocketid client \
         secret create web\n"
    );
    assert_eq!(serde_json::from_str::<Value>(&deleted.stdout).unwrap()["id"], id.as_str());
    assert!(ids(&cli).is_empty());
    assert!(cli.audit_log().contains(&"CLIENT_SECRET_DELETED cli -".to_owned()));
    cli.run("client secret delete web ABCD --yes").refused(
        1,
        &[
            "error: web has no secret \"ABCD\"",
            "hint: to list them: pocketid client secret list web",
        ],
    );
    let note = "Nothing was changed: web has no secret \"ABCD\".\n";
    cli.run("client secret delete web ABCD --yes --if-present").expect(0, "", note);
}

#[test]
fn a_secret_of_another_client_is_none_of_its_own() {
    let cli = with_client();
    cli.run("client create Other --id other").expect_success();
    let id = ids(&cli).remove(0);

    cli.run(&format!("client secret delete other {id} --yes")).expect_failure(1);

    assert_eq!(ids(&cli), [id]);
}

#[test]
fn a_public_client_gets_no_secret_and_no_client_too_many() {
    let cli = with_client();
    cli.run("client create App --id app --public --callback app:/cb").expect_success();

    cli.run("client secret create app").refused(
        1,
        &[
            "error: app is public and has no secret",
            "hint: to make it confidential: pocketid client update app --confidential",
        ],
    );
    for _ in 1..20 {
        cli.run("client secret create web").ok();
    }
    cli.run("client secret create web").refused(
        1,
        &[
            "error: web has 20 secrets, which is the maximum",
            "hint: delete one that is not needed; to list them: pocketid client secret list web",
        ],
    );
    assert_eq!(ids(&cli).len(), 20);
    for line in ["create web --expires 3651d", "create web --expires 0", "create"] {
        assert_eq!(cli.run(&format!("client secret {line}")).code, Some(2), "{line}");
    }
}
