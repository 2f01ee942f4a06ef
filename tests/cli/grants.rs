//! `pocketid grant`

use serde_json::{Value, json};

use crate::support::{
    cli::Cli,
    flow::Person,
    op::{TestClient, TestOp},
};

fn tokens(op: &TestOp, client: &TestClient, person: &mut Person, scope: &str) -> Value {
    op.redeem(client, &person.code(client, &[("scope", scope)])).ok().json()
}

fn listed(op: &TestOp, line: &str) -> Vec<Value> {
    serde_json::from_str(&op.beside(line).ok()).unwrap()
}

fn status(op: &TestOp, tokens: &Value) -> u16 {
    op.userinfo(tokens["access_token"].as_str().unwrap()).status
}

#[test]
fn grants_are_listed_with_their_users_and_clients() {
    let op = TestOp::start();
    op.beside("grant list").expect(0, "", "");
    let (client, other) = (op.client(), op.client());
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    tokens(&op, &client, &mut alice, "openid offline_access");
    tokens(&op, &other, &mut alice, "openid");
    tokens(&op, &client, &mut bob, "openid");

    assert_eq!(listed(&op, "grant list -o json").len(), 3);
    assert_eq!(listed(&op, "grant list alice -o json").len(), 2);
    let line = format!("grant list alice --client {} -o json", client.id);
    let found = listed(&op, &line);
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["username"], &found[0]["offline"]), (&json!("alice"), &json!(true)));
    assert_eq!(found[0]["clientId"], client.id);
    assert_eq!(found[0]["scope"], "openid offline_access");
    assert_eq!(op.beside("grant list").ok().lines().count(), 3);
    op.beside("grant list carol").expect_failure(1);
    assert_eq!(listed(&op, "grant list --search OFFLINE_ACCESS -o json"), found);
    assert_eq!(listed(&op, "grant list --search alice --limit 1 -o json").len(), 1);
    let line = format!("grant list alice --client {} --search bob -o json", client.id);
    assert_eq!(listed(&op, &line), [] as [Value; 0]);
}

#[test]
fn one_grant_ends_or_all_of_a_user_or_those_of_one_client() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let mut grant = |client: &TestClient, scope: &str| tokens(&op, client, &mut alice, scope);
    let first = grant(&client, "openid offline_access");
    let id = listed(&op, "grant list alice -o json")[0]["id"].as_str().unwrap().to_owned();
    let second = grant(&client, "openid offline_access");
    let third = grant(&other, "openid offline_access");
    let bobs = tokens(&op, &client, &mut bob, "openid");

    let ended = op.beside(&format!("grant revoke {id}"));
    assert!(ended.stderr.starts_with("Ended a grant of alice to "), "{}", ended.stderr);
    assert_eq!((status(&op, &first), status(&op, &second)), (401, 200));
    op.beside(&format!("grant revoke {id}")).refused(
        1,
        &[
            "error: this grant does not exist, or has ended",
            "hint: to list them: pocketid grant list",
        ],
    );
    let note = "There was no grant; nothing was changed.\n";
    op.beside(&format!("grant revoke {id} --if-present")).expect(0, "", note);

    op.beside("grant revoke --all alice").expect_failure(2);
    let line = format!("grant revoke --all alice --client {} --yes", client.id);
    let ended = op.beside(&line);
    assert!(ended.stderr.starts_with("Ended a grant of alice to "), "{}", ended.stderr);
    assert_eq!((status(&op, &second), status(&op, &third)), (401, 200));
    let refresh = second["refresh_token"].as_str().unwrap();
    assert_eq!(op.refresh(&client, refresh).error(), "400 invalid_grant");
    assert_eq!(op.number("SELECT COUNT(*) FROM consents"), 2, "that of alice is forgotten");
    assert!(op.beside("grant revoke --all alice --yes -o json").stdout.contains(&other.id));
    assert_eq!((status(&op, &third), status(&op, &bobs)), (401, 200));
    op.beside("grant revoke --all alice --yes").expect(0, "", note);
    let kinds = op.audit_kinds().into_iter().filter(|kind| kind == "GRANT_REVOKED").count();
    assert_eq!(kinds, 3);
}

/// Whatever was revoked since a backup is in it.
#[test]
fn a_restore_ends_all_sessions_when_it_is_asked_to() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    tokens(&op, &client, &mut alice, "openid offline_access");
    op.one_time_code(alice.id, 6_000);
    let cli = Cli::new().with("ENCRYPTION_KEY", op.environment()[1].1);
    let path = cli.path("all.zip");
    op.beside(&format!("backup {}", path.display())).ok();
    let live = |cli: &Cli| {
        let count =
            |sql: &str| cli.database().query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        (
            count("SELECT COUNT(*) FROM sessions WHERE revoked_at IS NULL"),
            count("SELECT COUNT(*) FROM grants WHERE revoked_at IS NULL"),
            count("SELECT COUNT(*) FROM one_time_access_tokens"),
        )
    };

    cli.run("restore all.zip --yes").ok();
    let (sessions, grants, links) = live(&cli);
    assert!(sessions > 0 && grants > 0 && links > 0);
    cli.run("restore all.zip --yes --end-sessions").ok();

    assert_eq!(live(&cli), (0, 0, 0));
}
