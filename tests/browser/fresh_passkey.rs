//! `/settings/account`: changes that want a passkey that was used lately

use super::visitor::Visitor;
use crate::support::op::TestOp;

/// The page asks for the passkey, and then the change is made.
#[test]
fn the_passkey_is_used_again_on_the_way_and_the_change_goes_through() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    op.advance(400);

    visitor.fill("[name=email]", "new@example.com");
    visitor.click("#account-save");
    visitor.wait_for_text("[role=status]", "Changes saved.");
    assert_eq!(visitor.text(".intro p"), "alice · new@example.com");

    op.advance(400);
    visitor.elsewhere(&op).sign_in();
    visitor.open("/settings/account");
    visitor.click("li:nth-child(1) .remove");
    visitor.click("#remove-sign-out");
    visitor.click("#remove-confirm");
    visitor.wait_for_text("#no-passkey", "You have no passkey yet.");
    assert!(!visitor.exists("#revoke-others"), "the other browser is signed out");
}

/// The browser has one authenticator, which keeps one passkey of an account: that it is asked for a second one
/// is as far as it goes.
#[test]
fn a_passkey_is_added_after_the_old_one_was_used() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    op.advance(400);

    visitor.click("#add-passkey");

    visitor.wait_for_alert("already keeps a passkey for your account");
    let fresh = "SELECT COUNT(*) FROM sessions WHERE authenticated_at > created_at";
    assert_eq!(op.number(fresh), 1, "the old one was used");
}

#[test]
fn whoever_cannot_use_the_passkey_changes_nothing() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    op.advance(400);
    visitor.authenticator.set_user_verified(false);

    visitor.fill("[name=username]", "mallory");
    visitor.click("#account-save");

    visitor.wait_for_alert("No passkey was used");
    assert_eq!(op.texts("SELECT username FROM users"), ["alice"]);
    visitor.authenticator.set_user_verified(true);
    visitor.click("#account-save");
    visitor.wait_for_text("[role=status]", "Changes saved.");
}
