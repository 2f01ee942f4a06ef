//! A user with a dozen passkeys

use hyper::Method;
use serde_json::json;

use super::visitor::Visitor;
use crate::support::{op::TestOp, soft_authenticator::SoftAuthenticator};

/// As long as it may be, without a place to break.
const LONG: &str = "SecurityKeyOfTheDepartmentOfMathematicsNumber12345";

#[test]
fn a_dozen_passkeys_are_told_apart_kept_and_removed_one_by_one() {
    let op = TestOp::start();
    let alice = Visitor::signed_in(&op, "alice");
    add_passkeys(&op, &alice, 11);
    alice.open("/settings/account");
    alice.wait_for("[data-passkey]:nth-child(12)");
    assert_eq!(alice.eval("document.querySelectorAll('[data-passkey]').length"), 12);
    fits(&alice);

    alice.click("[data-passkey]:nth-child(7) .remove");
    alice.wait_for_text("#remove-name", LONG);
    fits(&alice);
    alice.click("#remove-confirm");
    alice.wait_for_text("#passkeys [role=status]", "Passkey removed.");
    assert_eq!(op.count("passkeys"), 11);

    let root = Visitor::admin(&op, "root");
    root.open("/settings/admin/users?search=alice");
    root.click("tbody a");
    root.wait_for_text("h1", "alice");
    root.click(".tabs [href$='tab=passkeys']");
    root.wait_for(".rows > li:nth-child(11)");
    fits(&root);
    root.confirm(".rows > li:nth-child(5) .danger");
    root.wait_for_text("#toasts", "Passkey removed");
    assert_eq!(op.count("passkeys"), 1 + 10);
}

/// Each one in an authenticator of its own, and with a long name.
fn add_passkeys(op: &TestOp, alice: &Visitor, count: usize) {
    let mut agent = op.agent();
    for cookie in alice.cookies() {
        let text = |key: &str| cookie[key].as_str().expect("a text").to_owned();
        agent.cookies.insert(text("name"), text("value"));
    }
    for _ in 0..count {
        op.advance(2);
        let added = SoftAuthenticator::new(op.base_url()).register(&mut agent).ok().json();
        let path = format!("/api/webauthn/credentials/{}", added["id"].as_str().expect("an id"));
        agent.json(Method::PATCH, &path, &json!({ "name": LONG })).ok();
    }
}

fn fits(visitor: &Visitor) {
    for (width, is_mobile) in [(320, true), (1280, false)] {
        visitor.set_viewport(width, 800, is_mobile);
        let found = visitor.eval(include_str!("names.js"));
        assert_eq!(found, json!([]), "{width}");
    }
}
