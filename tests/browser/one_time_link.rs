//! `/lc` and `/lc/CODE`

use std::iter;

use super::visitor::Visitor;
use crate::support::op::TestOp;

/// Mail scanners follow links: looking at one must not use it up.
#[test]
fn a_link_is_used_by_a_click_and_once() {
    let op = TestOp::start();
    let path = format!("/lc/{}", op.one_time_code(op.user("bob").id, 600));
    let [scanner, owner, thief] = [(); 3].map(|()| Visitor::new(&op));
    scanner.open(&path);
    owner.open(&path);

    owner.click("#use-code");
    owner.wait_for_path("/settings/account");
    thief.open(&path);
    thief.click("#use-code");

    assert_eq!(owner.text("h1"), "bob");
    thief.wait_for_alert("This code is wrong, was used already or has expired.");
    thief.open("/settings/account");
    thief.wait_for_path("/login");
}

#[test]
fn whoever_comes_by_a_link_is_urged_to_add_a_passkey() {
    let op = TestOp::start();
    let code = op.one_time_code(op.user("bob").id, 600);
    let visitor = Visitor::new(&op);
    visitor.open(&format!("/lc/{code}"));
    visitor.click("#use-code");
    visitor.wait_for_text("#no-passkey", "without it you will not be able to sign in again");

    visitor.click("#add-passkey");
    visitor.wait_for("[data-passkey]");
    visitor.clear_cookies();

    visitor.sign_in();
    assert_eq!(visitor.text("h1"), "bob");
}

#[test]
fn a_link_that_has_expired_is_told_so() {
    let op = TestOp::start();
    let code = op.one_time_code(op.user("bob").id, 600);
    op.advance(601);
    let visitor = Visitor::new(&op);
    visitor.open(&format!("/lc/{code}"));

    visitor.click("#use-code");

    visitor.wait_for_alert("has expired");
}

#[test]
fn a_code_is_typed_again_after_a_wrong_one() {
    let op = TestOp::start();
    let code = op.one_time_code(op.user("bob").id, 6_000);
    let visitor = Visitor::new(&op);
    visitor.open("/login");
    visitor.click("#alternative");
    visitor.click("a[href='/lc']");
    visitor.wait_for_path("/lc");

    visitor.click("#use-code");
    visitor.wait_for_text("#code-error", "Please fill this in.");
    visitor.fill("[name=code]", "wrong-code-1");
    visitor.press("Enter");
    visitor.wait_for_alert("This code is wrong");
    visitor.fill("[name=code]", &format!(" {code} "));
    visitor.press("Enter");

    visitor.wait_for_path("/settings/account");
}

#[test]
fn letters_that_look_like_digits_are_read_as_digits() {
    let op = TestOp::start();
    let bob = op.user("bob").id;
    let mut codes = iter::repeat_with(|| op.one_time_code(bob, 600));
    let code = codes.find(|code| code.contains(['0', '1'])).expect("one with a digit");
    let visitor = Visitor::new(&op);
    visitor.open("/lc");

    visitor.fill("[name=code]", &code.replace('0', "O").replace('1', "I"));
    visitor.press("Enter");

    visitor.wait_for_path("/settings/account");
}

#[test]
fn a_code_leads_to_where_one_wanted_to_go() {
    let op = TestOp::start();
    let code = op.one_time_code(op.user("bob").id, 600);
    let visitor = Visitor::new(&op);
    visitor.open("/login?redirect=/logout");
    visitor.click("#alternative");
    visitor.click("a[href^='/lc']");
    visitor.wait_for_path("/lc?redirect=");

    visitor.fill("[name=code]", &code);
    visitor.press("Enter");

    visitor.wait_for_path("/logout");
}

#[test]
fn whoever_tries_too_many_codes_is_told_to_wait() {
    let op = TestOp::with_settings(&[]);
    op.user("bob");
    let visitor = Visitor::new(&op);
    visitor.open("/lc/wrong1");

    for _ in 0..6 {
        visitor.click("#use-code");
        visitor.wait_for("[role=alert]");
        visitor.wait_for("#use-code:not([aria-disabled])");
    }

    visitor.wait_for_alert("Too many attempts. Wait a minute, then try again.");
}
