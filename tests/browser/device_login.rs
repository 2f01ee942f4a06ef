//! Signing in with another device: `/login/alternative/device`, and `/device` on the other one

use super::visitor::Visitor;
use crate::support::op::TestOp;

#[test]
fn a_device_is_let_in_by_another_one() {
    let op = TestOp::start();
    let phone = Visitor::signed_in(&op, "alice");
    let desk = Visitor::new(&op);
    desk.open("/login");
    desk.click("#alternative");
    desk.wait_for_path("/login/alternative");
    desk.click("a[href^='/login/alternative/device']");
    desk.wait_for("#user-code:not(:empty)");
    desk.wait_for("#qr[src^='data:image/svg']");

    phone.open("/device");
    phone.fill("[name=user_code]", &desk.text("#user-code"));
    phone.click("#continue");
    phone.wait_for("#origin:not([hidden])");
    phone.click("#allow");
    phone.wait_for("#allowed:not([hidden])");

    desk.wait_for_path("/settings/account");
    assert_eq!(desk.text("h1"), "alice");
}

#[test]
fn a_device_that_is_refused_says_so() {
    let op = TestOp::start();
    let phone = Visitor::signed_in(&op, "alice");
    let desk = Visitor::new(&op);
    desk.open("/login/alternative/device");
    desk.wait_for("#user-code:not(:empty)");
    phone.open(&format!("/device?user_code={}", desk.text("#user-code")));
    phone.wait_for("#origin:not([hidden])");
    phone.click("#deny");
    phone.wait_for("#denied:not([hidden])");
    desk.wait_for_alert("The sign-in was refused on the other device.");
}
