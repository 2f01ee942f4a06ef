//! `/setup`

use super::visitor::Visitor;
use crate::support::op::TestOp;

fn fill(visitor: &Visitor, username: &str, display_name: &str, email: &str) {
    visitor.fill("[name=username]", username);
    visitor.fill("[name=displayName]", display_name);
    visitor.fill("[name=email]", email);
    visitor.click("#setup-submit");
}

#[test]
fn the_first_person_becomes_the_administrator_and_has_a_passkey() {
    let op = TestOp::start();
    let visitor = Visitor::new(&op);
    visitor.open("/setup");

    fill(&visitor, "alice", "Alice Liddell", "alice@example.com");
    visitor.wait_for_text("#setup-passkey", "Step 2 of 2");
    visitor.click("#create-passkey");

    // The next thing to do is the first application.
    visitor.wait_for_path("/settings/admin/oidc-clients/new");
    visitor.wait_for_text("h1", "Add an application");
    visitor.open("/settings/account");
    assert_eq!(visitor.text("h1"), "Alice Liddell");
    assert_eq!(visitor.eval("fetch('/api/users/me').then(r => r.json())")["isAdmin"], true);
    assert_eq!(visitor.authenticator.credentials().len(), 1);
}

#[test]
fn what_is_wrong_is_said_beside_each_field_and_nothing_is_made() {
    let op = TestOp::start();
    let visitor = Visitor::new(&op);
    visitor.open("/setup");

    fill(&visitor, "not a name", &"x".repeat(101), "nonsense");

    visitor.wait_for_text("#username-error", "beginning and ending with a letter or digit");
    visitor.wait_for_text("#displayName-error", "at most 100 characters");
    visitor.wait_for_text("#email-error", "name@example.com");
    visitor.wait_for_focus("#field-username");
    assert_eq!(op.count("users"), 0);
}

#[test]
fn a_user_name_is_needed_and_an_email_address_as_is_set() {
    let op = TestOp::start();
    let visitor = Visitor::new(&op);
    visitor.open("/setup");
    fill(&visitor, "alice", "", "");
    visitor.wait_for_text("#email-error", "Please fill this in.");
    let op = TestOp::with_settings(&[
        ("DISABLE_RATE_LIMITING", "true"),
        ("UI_CONFIG_DISABLED", "true"),
        ("REQUIRE_USER_EMAIL", "false"),
    ]);
    let visitor = Visitor::new(&op);
    visitor.open("/setup");

    fill(&visitor, "", "", "");
    visitor.wait_for_text("#username-error", "Please fill this in.");
    visitor.fill("[name=username]", "alice");
    visitor.press("Enter");

    visitor.wait_for("#create-passkey");
    assert_eq!(visitor.attribute("[name=username]", "aria-invalid"), None);
}

#[test]
fn an_installation_is_set_up_once() {
    let op = TestOp::start();
    let [first, second, third] = [(); 3].map(|()| Visitor::new(&op));
    first.open("/setup");
    second.open("/setup");
    fill(&first, "alice", "Alice", "alice@example.com");
    first.wait_for("#create-passkey");

    fill(&second, "mallory", "Mallory", "mallory@example.com");
    third.open("/setup");

    second.wait_for_alert("This installation is set up already");
    assert!(!third.exists("form"));
    assert!(third.text("main").contains("pocketid recover USERNAME"));
    assert_eq!(op.count("users"), 1);
}

#[test]
fn whoever_leaves_before_making_a_passkey_goes_on_from_their_account() {
    let op = TestOp::start();
    let visitor = Visitor::new(&op);
    visitor.open("/setup");
    fill(&visitor, "alice", "Alice", "alice@example.com");
    visitor.wait_for("#create-passkey");

    visitor.open("/setup");

    visitor.wait_for_path("/settings/account");
    visitor.wait_for_text("#no-passkey", "You have no passkey yet.");
    visitor.click("#add-passkey");
    visitor.wait_for("[data-passkey]");
    assert!(!visitor.exists("#no-passkey"));
}

#[test]
fn a_passkey_that_was_not_made_can_be_tried_again() {
    let op = TestOp::start();
    let visitor = Visitor::new(&op);
    visitor.open("/setup");
    fill(&visitor, "alice", "Alice", "alice@example.com");
    visitor.authenticator.set_user_verified(false);

    visitor.click("#create-passkey");
    visitor.wait_for_text("#setup-passkey [role=alert]", "No passkey was created");
    visitor.authenticator.set_user_verified(true);
    visitor.click("#create-passkey");

    visitor.wait_for_path("/settings/admin/oidc-clients/new");
}

/// The address of the page is not the one that the server is set up for.
#[test]
fn a_page_at_another_address_says_at_which_one_it_works() {
    let op = TestOp::start();
    let visitor = Visitor::new(&op);
    visitor.goto(&format!("{}/setup", op.base_url().replace("localhost", "127.0.0.1")));

    fill(&visitor, "alice", "Alice", "alice@example.com");

    visitor.wait_for_alert(op.base_url());
    assert_eq!(op.count("users"), 0);
}

#[test]
fn whoever_runs_the_server_knows_the_code_that_is_asked_for() {
    let op = TestOp::with_settings(&[("SETUP_CODE", "always"), ("DISABLE_RATE_LIMITING", "true")]);
    let visitor = Visitor::new(&op);
    visitor.open("/setup");
    assert!(visitor.text("#setupCode-hint").contains("pocketid setup --code"));

    fill(&visitor, "alice", "Alice", "alice@example.com");
    visitor.wait_for_text("#setupCode-error", "Please fill this in.");
    visitor.fill("[name=setupCode]", "AAAA-AAAA-AAAA");
    visitor.click("#setup-submit");
    visitor.wait_for_text("#setupCode-error", "This is not the set-up code.");
    visitor.wait_for_focus("#field-setupCode");
    assert_eq!(op.count("users"), 0);

    visitor.fill("[name=setupCode]", op.beside("setup --code").ok().trim());
    visitor.click("#setup-submit");
    visitor.click("#create-passkey");
    visitor.wait_for_path("/settings/admin/oidc-clients/new");
}
