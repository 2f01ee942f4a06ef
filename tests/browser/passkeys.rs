//! `/settings/account`: passkeys

use super::visitor::Visitor;
use crate::support::{op::TestOp, wait_for};

/// A user with two passkeys, `New Passkey` and `Key ring`.
fn with_two_passkeys(op: &TestOp) -> Visitor {
    let visitor = Visitor::signed_in(op, "alice");
    visitor.authenticator.forget_credentials();
    // Passkeys are listed in the order of their seconds.
    op.advance(2);
    visitor.click("#add-passkey");
    // Its name is asked for right away.
    visitor.fill("[data-passkey]:nth-child(2) [name=name]", "Key ring");
    visitor.press("Enter");
    visitor.wait_for_text("li:nth-child(2) strong", "Key ring");
    visitor
}

fn rename(visitor: &Visitor, row: usize, name: &str) {
    visitor.click(&format!("[data-passkey]:nth-child({row}) .rename"));
    visitor.fill(&format!("[data-passkey]:nth-child({row}) [name=name]"), name);
}

/// The names on the server: the page is loaded again.
fn names(visitor: &Visitor) -> Vec<String> {
    visitor.open("/settings/account");
    let names =
        visitor.eval("[...document.querySelectorAll('#passkeys li strong')].map(e => e.innerText)");
    serde_json::from_value(names).expect("texts")
}

#[test]
fn a_second_passkey_signs_in_as_the_first_does() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.authenticator.forget_credentials();

    visitor.click("#add-passkey");
    visitor.wait_for("[data-passkey]:nth-child(2)");
    visitor.wait_for_text("#passkeys [role=status]", "Passkey added.");
    visitor.clear_cookies();

    visitor.sign_in();
    assert_eq!(visitor.text("h1"), "alice");
}

/// WebAuthn L3 §5.4.3 `excludeCredentials`: one authenticator keeps one passkey of an account.
#[test]
fn a_device_that_has_a_passkey_already_says_so() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");

    visitor.click("#add-passkey");

    visitor.wait_for_alert("already keeps a passkey for your account");
    assert_eq!(op.count("passkeys"), 1);
}

#[test]
fn a_passkey_is_renamed_in_its_place() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");

    rename(&visitor, 1, "<b>Büro</b> & 家");
    visitor.click(".save");

    visitor.wait_for_text("#passkeys [role=status]", "Passkey renamed.");
    visitor.wait_for_focus(".rename");
    assert_eq!(names(&visitor), ["<b>Büro</b> & 家"]);
}

#[test]
fn renaming_can_be_given_up() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");

    rename(&visitor, 1, "Other");
    visitor.press("Escape");
    visitor.wait_for_text("li strong", "New Passkey");
    rename(&visitor, 1, "Other");
    visitor.click(".cancel");

    visitor.wait_for_text("li strong", "New Passkey");
    assert_eq!(names(&visitor), ["New Passkey"]);
}

#[test]
fn a_name_is_needed() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");

    rename(&visitor, 1, "");
    visitor.press("Enter");
    visitor.wait_for_text("li .field-error", "Please fill this in.");
    visitor.click(".cancel");
    visitor.click(".rename");

    visitor.wait_for("[name=name]:not([aria-invalid])");
    assert!(!visitor.text("#passkeys").contains("Please fill this in."));
    assert_eq!(names(&visitor), ["New Passkey"]);
}

#[test]
fn a_passkey_is_removed_after_a_question_only() {
    let op = TestOp::start();
    let visitor = with_two_passkeys(&op);

    visitor.click("li:nth-child(2) .remove");
    visitor.wait_for_text("#remove-name", "Key ring");
    visitor.click("#remove-cancel");
    visitor.click("li:nth-child(2) .remove");
    visitor.press("Escape");
    assert_eq!(op.count("passkeys"), 2);
    visitor.click("li:nth-child(2) .remove");
    visitor.click("#remove-confirm");

    visitor.wait_for_text("#passkeys [role=status]", "Passkey removed.");
    visitor.wait_for_focus("#passkeys-title");
    assert_eq!(names(&visitor), ["New Passkey"]);
}

#[test]
fn removing_the_last_passkey_warns_and_is_possible() {
    let op = TestOp::start();
    let visitor = with_two_passkeys(&op);
    visitor.click("li:nth-child(2) .remove");
    visitor.wait_for("#remove-dialog[open]");
    assert_eq!(visitor.attribute("#remove-last", "hidden").as_deref(), Some(""));
    visitor.click("#remove-confirm");
    visitor.wait_for_text("#passkeys [role=status]", "Passkey removed.");

    visitor.click(".remove");
    visitor.wait_for_text("#remove-last", "This is your only passkey.");
    visitor.click("#remove-confirm");

    visitor.wait_for_text("#no-passkey", "You have no passkey yet.");
}

#[test]
fn a_passkey_that_was_removed_signs_nobody_in() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    let kept = visitor.authenticator.credentials();
    visitor.click(".remove");
    visitor.click("#remove-confirm");
    visitor.wait_for("#no-passkey");
    visitor.clear_cookies();
    // A password manager that was not told still offers it.
    visitor.authenticator.forget_credentials();
    visitor.authenticator.add_credential(&kept[0]);
    visitor.open("/login");

    visitor.click("#sign-in");

    visitor.wait_for_alert("It may have been removed from the account");
    wait_for("it is told now", || visitor.authenticator.credentials().is_empty());
}

/// WebAuthn L3 §5.1.10.3: password managers stop offering a passkey that was removed.
#[test]
fn a_passkey_that_was_removed_is_forgotten_by_the_browser() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    assert_eq!(visitor.authenticator.credentials().len(), 1);
    visitor.click(".remove");
    visitor.click("#remove-confirm");
    visitor.wait_for("#no-passkey");
    // The browser is told in passing, so that it may take a moment.
    wait_for("the browser was told", || visitor.authenticator.credentials().is_empty());
}

#[test]
fn a_passkey_that_is_gone_meanwhile_is_told_so_where_one_asked() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.click(".remove");
    let elsewhere = visitor.elsewhere(&op);
    elsewhere.sign_in();
    elsewhere.click(".remove");
    elsewhere.click("#remove-confirm");
    elsewhere.wait_for("#no-passkey");

    visitor.click("#remove-confirm");

    visitor.wait_for_text("#remove-dialog [role=alert]", "This no longer exists.");
}

/// The setting `webauthnUserVerification` of `preferred`. Chromium refuses options that contradict each
/// other. It makes no discoverable passkey without user verification of its own accord, so that one
/// without is in the tests of the protocol.
#[test]
fn a_passkey_is_made_and_used_where_user_verification_is_only_preferred() {
    let op = TestOp::with_settings(&[
        ("DISABLE_RATE_LIMITING", "true"),
        ("UI_CONFIG_DISABLED", "true"),
        ("WEBAUTHN_USER_VERIFICATION", "preferred"),
    ]);
    let user = op.user("alice");
    let visitor = Visitor::new(&op);
    visitor.open(&format!("/lc/{}", op.one_time_code(user.id, 600)));
    visitor.click("#use-code");
    visitor.wait_for_path("/settings/account");

    visitor.click("#add-passkey");
    visitor.wait_for_text("#passkeys [role=status]", "Passkey added.");
    visitor.clear_cookies();

    visitor.sign_in();
    assert_eq!(visitor.text("h1"), "alice");
}

/// The answer of a password manager may be broken. The page says that, and names the broken part.
#[test]
fn an_answer_that_cannot_be_read_is_called_that() {
    let op = TestOp::start();
    let visitor = Visitor::with_passkey(&op, "alice");
    visitor.open("/login");
    visitor.eval(
        "void (PublicKeyCredential.prototype.toJSON = () => ({ type: 'public-key', rawId: 'AA' }))",
    );

    visitor.click("#sign-in");

    visitor.wait_for_alert("could not be read");
    visitor.wait_for_alert("Reason: missing field `response`");
}
