//! Accounts and groups of an LDAP directory.

use pocketid::model::ConfigKey;
use serde_json::json;

use super::program::{Program, error};
use crate::support::{op::TestOp, wait_until};

#[test]
fn what_comes_from_a_directory_is_changed_there() {
    let op = TestOp::start();
    let (alice, bob) = (op.user("alice"), op.user("bob"));
    let staff = op.group("staff", &[alice.id]);
    op.execute("UPDATE users SET ldap_id = 'a' WHERE username = 'alice'");
    op.execute("UPDATE groups SET ldap_id = 'g'");
    op.beside("config set ldapEnabled true").expect_success();
    let program = Program::new(&op, "hr");
    wait_until(|| op.config().flag(ConfigKey::LdapEnabled));
    let (user, group) = (format!("/Users/{}", alice.id), format!("/Groups/{staff}"));
    let off = json!([{"op": "replace", "path": "active", "value": false}]);
    assert_eq!(error(&program.patch(&user, &off)), "403 mutability");
    assert_eq!(error(&program.delete(&user)), "403 mutability");
    let add = json!([{"op": "add", "path": "members", "value": [{"value": bob.id}]}]);
    assert_eq!(error(&program.patch(&group, &add)), "403 mutability");
    let rename = json!([{"op": "replace", "path": "displayName", "value": "Other"}]);
    assert_eq!(error(&program.patch(&group, &rename)), "403 mutability");
    assert_eq!(error(&program.delete(&group)), "403 mutability");
    // A patch that repeats the current state is no change.
    let same = json!([{"op": "add", "path": "members", "value": [{"value": alice.id}]}]);
    assert_eq!(program.patch(&group, &same).status, 204);
    program.patch(&format!("/Users/{}", bob.id), &off).ok();
    assert_eq!(op.count("group_members"), 1);
}
