//! `/st/TOKEN` and `/signup`

use super::visitor::Visitor;
use crate::support::{op::TestOp, wait_until};

fn invited() -> (TestOp, String) {
    let op = TestOp::start();
    op.user("root");
    op.beside("config set allowUserSignups withToken").expect_success();
    op.beside("config set requireUserEmail false").expect_success();
    let key = pocketid::model::ConfigKey::parse("requireUserEmail").unwrap();
    wait_until(|| op.config().text(key) == "false");
    let made = op.beside("signup-token create");
    let link = made.stdout.lines().next().unwrap();
    (op, format!("/st/{}", link.rsplit_once('/').unwrap().1))
}

fn fill(visitor: &Visitor, username: &str) {
    visitor.fill("[name=username]", username);
    visitor.fill("[name=displayName]", "Bob Brown");
    visitor.click("#setup-submit");
}

#[test]
fn who_is_invited_has_an_account_and_a_passkey_in_the_end() {
    let (op, link) = invited();
    let visitor = Visitor::new(&op);
    visitor.open(&link);
    visitor.wait_for_path("/signup?token=");
    assert!(visitor.text("main").contains("Create one account for all the applications"));

    fill(&visitor, "bob");
    visitor.wait_for_text("#setup-passkey", "Step 2 of 2");
    visitor.click("#create-passkey");

    visitor.wait_for_path("/settings/account");
    visitor.wait_for("[data-passkey]");
    assert_eq!(visitor.eval("fetch('/api/users/me').then(r => r.json())")["isAdmin"], false);
    visitor.clear_cookies();
    visitor.sign_in();
    assert_eq!(visitor.text("h1"), "Bob Brown");
}

/// A new user on the way to an application.
#[test]
fn where_everybody_may_sign_up_the_way_goes_on_to_where_they_were_going() {
    let op = TestOp::start();
    op.person("alice");
    op.beside("config set requireUserEmail false").expect_success();
    op.beside("config set allowUserSignups open").expect_success();
    let key = pocketid::model::ConfigKey::parse("allowUserSignups").unwrap();
    wait_until(|| op.config().text(key) == "open");
    let visitor = Visitor::new(&op);
    visitor.open("/login?redirect=/device");
    visitor.click("#sign-up");
    visitor.wait_for_path("/signup?redirect=");

    fill(&visitor, "bob");
    visitor.wait_for("#create-passkey");
    visitor.click("#create-passkey");

    visitor.wait_for_path("/device");
}

#[test]
fn an_invitation_that_is_over_says_so_before_and_after_the_form() {
    let (op, link) = invited();
    let [first, second, third] = [(); 3].map(|()| Visitor::new(&op));
    first.open(&link);
    second.open(&link);
    first.wait_for_path("/signup");
    second.wait_for_path("/signup");
    fill(&first, "bob");
    first.wait_for("#create-passkey");

    fill(&second, "carol");
    second.wait_for_alert("was used already or has expired");
    third.open(&link);
    third.wait_for_text("h1", "This invitation is no longer valid");
    third.open("/signup");
    third.wait_for_text("h1", "You need an invitation");
    assert_eq!(op.count("users"), 2);
}

#[test]
fn a_name_that_is_taken_can_be_chosen_anew() {
    let (op, link) = invited();
    op.user("bob");
    let visitor = Visitor::new(&op);
    visitor.open(&link);
    visitor.wait_for_path("/signup");

    fill(&visitor, "bob");
    visitor.wait_for_text("#username-error", "This is already in use");
    fill(&visitor, "bob2");

    visitor.wait_for("#create-passkey");
}
