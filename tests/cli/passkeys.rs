//! `pocketid passkey`

use serde_json::{Value, json};

use crate::support::{flow::Person, op::TestOp};

fn with_passkey() -> (TestOp, Person) {
    let op = TestOp::start();
    let alice = op.person("alice");
    op.beside("user add bob").expect_success();
    (op, alice)
}

fn names(op: &TestOp) -> Vec<String> {
    let listed: Value =
        serde_json::from_str(&op.beside("passkey list alice -o json").ok()).unwrap();
    let names = listed.as_array().unwrap().iter().map(|passkey| passkey["name"].as_str().unwrap());
    names.map(str::to_owned).collect()
}

/// A second passkey of the same name.
fn add_one_more(op: &TestOp, alice: &mut Person) {
    let mut other = crate::support::soft_authenticator::SoftAuthenticator::new(op.base_url());
    other.register(&mut alice.agent).ok();
}

#[test]
fn passkeys_are_listed_as_the_api_lists_them() {
    let (op, mut alice) = with_passkey();

    let listed: Value =
        serde_json::from_str(&op.beside("passkey list alice -o json").ok()).unwrap();

    assert_eq!(listed, alice.agent.get("/api/webauthn/credentials").ok().json());
    let text = op.beside("passkey list alice").ok();
    let row: Vec<_> = text.trim_end().split('\t').collect();
    assert_eq!((row.len(), row[4]), (5, listed[0]["id"].as_str().unwrap()));
    op.beside("passkey list bob").expect(0, "", "");
    op.beside("passkey list alcie")
        .refused(1, &["error: there is no user \"alcie\"", "hint: did you mean alice?"]);
}

#[test]
fn a_passkey_gets_another_name() {
    let (op, _alice) = with_passkey();
    let old = names(&op).remove(0);

    let line = ["passkey", "rename", "alice", &old, "Work laptop", "-o", "json"];
    let renamed = op.beside_args(&line).json();

    assert_eq!(renamed["name"], "Work laptop");
    assert_eq!(names(&op), ["Work laptop"]);
    assert!(op.audit_kinds().contains(&"PASSKEY_RENAMED".to_owned()));
    op.beside_args(&["passkey", "rename", "alice", "Work latop", "X"]).refused(
        1,
        &["error: alice has no passkey \"Work latop\"", "hint: did you mean Work laptop?"],
    );
    op.beside_args(&["passkey", "rename", "bob", "Work laptop", "X"]).refused(
        1,
        &[
            "error: bob has no passkey \"Work laptop\"",
            "hint: to list them: pocketid passkey list bob",
        ],
    );
    let code = op.beside_args(&["passkey", "rename", "alice", "Work laptop", ""]).code;
    assert_eq!(code, Some(2));
    assert_eq!(names(&op), ["Work laptop"]);
}

#[test]
fn a_removed_passkey_signs_nobody_in() {
    let (op, mut alice) = with_passkey();
    let name = names(&op).remove(0);

    op.beside_args(&["passkey", "remove", "alice", &name]).expect_failure(2);
    let removed = op.beside_args(&["passkey", "delete", "alice", &name, "--yes"]);

    assert_eq!(
        removed.stderr,
        format!(
            "Removed the passkey {name} of alice.\nwarning: alice no longer has a passkey; to let \
             them create one: pocketid recover alice\n"
        )
    );
    alice.agent.cookies.clear();
    assert_ne!(alice.authenticator.sign_in(&mut alice.agent).status, 200);
    assert!(op.audit_kinds().contains(&"PASSKEY_REMOVED".to_owned()));
    op.beside_args(&["passkey", "remove", "alice", &name, "--yes"]).expect_failure(1);
    let again = op.beside_args(&["passkey", "remove", "alice", &name, "--yes", "--if-present"]);
    again.expect(0, "", &format!("Nothing was changed: alice has no passkey \"{name}\".\n"));
}

#[test]
fn of_two_with_one_name_the_id_says_which() {
    let (op, mut alice) = with_passkey();
    add_one_more(&op, &mut alice);
    let name = names(&op).remove(0);
    assert_eq!(names(&op), [name.as_str(), name.as_str()]);

    let refused = op.beside_args(&["passkey", "remove", "alice", &name, "--yes"]);
    refused.refused(
        1,
        &[
            &format!("error: 2 passkeys of alice match \"{name}\""),
            "hint: give the id of the one you mean: ID, ID",
        ],
    );

    let listed: Value =
        serde_json::from_str(&op.beside("passkey list alice -o json").ok()).unwrap();
    let id = listed[1]["id"].as_str().unwrap();
    let removed = op.beside(&format!("passkey remove alice {id} --yes -o json"));
    let removed: Value = serde_json::from_str(&removed.stdout).unwrap();
    assert_eq!(removed, json!({"id": id, "name": name}));
    assert_eq!(names(&op).len(), 1);
}
