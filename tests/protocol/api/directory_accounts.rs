//! Accounts and groups that come from a directory, while it keeps them (`ldapEnabled`).

use serde_json::json;

use super::{administrator, delete, put};
use crate::{
    protocol::app_config::set,
    support::{agent::Agent, op::TestOp},
};

/// Gives `alice`, a member of `staff`, and that group the ids of a directory.
fn of_directory(op: &TestOp) -> (String, String) {
    let alice = op.user("alice");
    let staff = op.group("staff", &[alice.id]);
    op.execute("UPDATE users SET ldap_id = 'a-1' WHERE username = 'alice'");
    op.execute("UPDATE groups SET ldap_id = 'g-1' WHERE name = 'staff'");
    (format!("/api/users/{}", alice.id), format!("/api/user-groups/{staff}"))
}

fn renamed(root: &mut Agent, user: &str) -> serde_json::Value {
    let change = json!({"username": "alicia", "email": "alicia@example.com", "locale": "de", "isAdmin": true});
    put(root, user, &change).ok().json()
}

#[test]
fn only_the_language_of_an_account_of_a_directory_changes() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let (user, group) = of_directory(&op);
    set(&op, "ldapEnabled", "true");

    let changed = renamed(&mut root, &user);
    let seen = ["username", "locale", "isAdmin", "ldapId"].map(|name| changed[name].clone());
    assert_eq!(seen, [json!("alice"), json!("de"), json!(false), json!("a-1")]);
    assert_eq!(delete(&mut root, &user).error(), "403 ldap_user_update");
    let names = json!({"name": "crew", "friendlyName": "Crew"});
    assert_eq!(put(&mut root, &group, &names).error(), "403 ldap_user_group_update");
    assert_eq!(delete(&mut root, &group).error(), "403 ldap_user_group_update");
    assert_eq!(root.get(&group).ok().json()["ldapId"], "g-1");
    // The next sync would set them again, but Pocket ID allows it.
    put(&mut root, &format!("{group}/users"), &json!({"userIds": []})).ok();

    // The terminal keeps to the same.
    for line in
        ["user update alice --first-name Al", "user disable alice", "user remove alice --yes"]
    {
        let refused = op.beside(line);
        assert_eq!(refused.code, Some(1), "{line}");
        assert!(refused.stderr.contains("comes from the directory"), "{}", refused.stderr);
    }
    assert_eq!(op.beside("group delete staff --yes").code, Some(1));

    // A user who left the directory is disabled, and may be deleted.
    op.execute("UPDATE users SET disabled = 1 WHERE username = 'alice'");
    assert_eq!(delete(&mut root, &user).status, 204);
}

#[test]
fn without_the_directory_its_accounts_are_like_all_others() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let (user, group) = of_directory(&op);
    assert_eq!(renamed(&mut root, &user)["username"], "alicia");
    assert_eq!(delete(&mut root, &user).status, 204);
    assert_eq!(delete(&mut root, &group).status, 204);
}
