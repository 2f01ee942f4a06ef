//! Names in the form of ids, which directories have and people may not choose.

use serde_json::json;

use super::program::{Program, error, id};
use crate::support::op::TestOp;

const NAME: &str = "7d9a3b52-1f0e-4c7b-9a55-0c2f6f1f8e11";

#[test]
fn a_username_may_be_in_the_form_of_an_id_over_scim_only() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let path = program.create("Users", &json!({ "userName": NAME }));
    assert_eq!(program.find("Users", &format!("userName eq \"{NAME}\"")), [NAME]);
    let again = json!({ "userName": NAME.to_uppercase() });
    assert_eq!(error(&program.post("/Users", &again)), "409 uniqueness");
    program.create("Groups", &json!({ "displayName": NAME }));
    assert!(
        op.beside("user add 7d9a3b52-1f0e-4c7b-9a55-0c2f6f1f8e12").stderr.contains("form of an id")
    );
    assert!(
        op.beside("group create 7d9a3b52-1f0e-4c7b-9a55-0c2f6f1f8e12")
            .stderr
            .contains("form of an id")
    );
    // The account works as any other, by its id.
    let id = id(&path);
    op.beside(&format!("user disable {id}")).expect_success();
    op.beside(&format!("user update {id} --first-name Zoe")).expect_success();
    op.beside("export-config").expect_success();
    let file = op.folder().join("all.zip").display().to_string();
    op.beside_args(&["backup", &file]).expect_success();
    op.beside_args(&["backup", "verify", &file]).expect_success();
}

/// A command takes such a text for an id, and never for a name.
#[test]
fn nobody_passes_for_somebody_else_by_such_a_name() {
    let op = TestOp::start();
    let victim = op.user("victim");
    let program = Program::new(&op, "hr");
    for name in [
        victim.id.to_string(),
        victim.id.0.simple().to_string(),
        victim.id.to_string().to_uppercase(),
    ] {
        let body = json!({ "userName": name });
        assert_eq!(error(&program.post("/Users", &body)), "409 uniqueness", "{name}");
        let mallory = program.create("Users", &json!({"userName": "mallory"}));
        assert_eq!(error(&program.put(&mallory, &body)), "409 uniqueness", "{name}");
        program.delete(&mallory).ok();
    }
    // The account is deleted, and a new account gets its id as a username: scripts that still name the id
    // do not mean the new account.
    program.delete(&format!("/Users/{}", victim.id)).ok();
    program.create("Users", &json!({ "userName": victim.id.to_string() }));
    op.group("admins", &[]);
    for line in ["recover", "user show", "user disable", "group assign admins", "session list"] {
        let ran = op.beside(&format!("{line} {}", victim.id));
        assert!(ran.stderr.contains("there is no user"), "{line}: {}", ran.stderr);
    }
    assert_eq!(op.count("group_members"), 0);
    let group = op.group("old", &[]);
    let groups = format!("/Groups/{group}");
    assert_eq!(
        error(&program.post("/Groups", &json!({ "displayName": group.to_string() }))),
        "409 uniqueness"
    );
    program.delete(&groups).ok();
    program.create("Groups", &json!({ "displayName": group.to_string() }));
    let ran = op.beside(&format!("group show {group}"));
    assert!(ran.stderr.contains("there is no group"), "{}", ran.stderr);
}
