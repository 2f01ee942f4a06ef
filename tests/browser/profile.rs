//! `/settings/account`: the profile

use super::visitor::Visitor;
use crate::support::op::TestOp;

#[test]
fn a_profile_is_changed() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");

    visitor.fill("[name=username]", "alice.l");
    visitor.fill("[name=displayName]", "Alice & <i>Co</i>");
    visitor.fill("[name=firstName]", "Alice");
    visitor.fill("[name=lastName]", "Liddell");
    visitor.fill("[name=email]", "alice.l@example.com");
    visitor.press("Enter");

    visitor.wait_for_text("[role=status]", "Changes saved.");
    assert_eq!(visitor.text("h1"), "Alice & <i>Co</i>");
    assert_eq!(visitor.text(".intro p"), "alice.l · alice.l@example.com");
    visitor.open("/settings/account");
    assert_eq!(visitor.eval("document.querySelector('[name=lastName]').value"), "Liddell");
}

#[test]
fn what_somebody_else_has_is_said_beside_its_field() {
    let op = TestOp::start();
    op.user("bob");
    let visitor = Visitor::signed_in(&op, "alice");

    visitor.fill("[name=username]", "Bob");
    visitor.click("#account-save");
    visitor.wait_for_text("#username-error", "This is already in use.");
    visitor.fill("[name=username]", "alice");
    visitor.fill("[name=email]", "BOB@example.com");
    visitor.click("#account-save");
    visitor.wait_for_text("#email-error", "This is already in use.");

    assert_eq!(visitor.attribute("[name=username]", "aria-invalid"), None);
    assert_eq!(visitor.text("h1"), "alice");
}

#[test]
fn every_wrong_field_is_named_at_once() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");

    visitor.fill("[name=username]", "-");
    visitor.fill("[name=firstName]", &"x".repeat(51));
    visitor.fill("[name=email]", "nonsense");
    visitor.click("#account-save");

    visitor.wait_for("#username-error");
    visitor.wait_for_text("#firstName-error", "Use at most 50 characters.");
    visitor.wait_for("#email-error");
    visitor.wait_for_focus("#field-username");
}

#[test]
fn the_chosen_language_is_kept_and_the_browsers_comes_back() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");

    visitor.select("#locale", "zh-CN");
    visitor.click("#account-save");
    visitor.wait_for("html[lang=zh-CN] #account-save");
    visitor.open("/logout");
    visitor.wait_for_text("h1", "要退出登录吗？");
    visitor.open("/settings/account");
    visitor.select("#locale", "");
    visitor.click("#account-save");

    visitor.wait_for("html[lang=en] #account-save");
}
