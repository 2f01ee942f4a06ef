//! `/settings/account`: sessions, and what happens when one ends

use super::{application::Application, visitor::Visitor};
use crate::support::op::TestOp;

#[test]
fn the_list_tells_this_browser_from_others() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.elsewhere(&op).sign_in();

    visitor.open("/settings/account");

    assert!(visitor.text("[data-session]:first-child").contains("This browser"));
    assert!(!visitor.text("[data-session]:last-child").contains("This browser"));
    assert!(visitor.text("[data-session]:last-child").contains("Chrome on Linux"));
}

#[test]
fn a_browser_that_was_signed_out_from_another_is_told_so_at_its_next_click() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    let phone = visitor.elsewhere(&op);
    phone.sign_in();
    visitor.open("/settings/account");

    visitor.click("[data-session]:last-child .revoke");
    visitor.wait_for_text("#sessions [role=status]", "That browser is signed out.");
    assert!(!visitor.exists("[data-session]:nth-child(2)"));
    phone.click("#account-save");

    phone.wait_for_path("/login?ended=1");
    phone.wait_for_text("#ended", "You are no longer signed in.");
}

#[test]
fn signing_out_this_browser_in_the_list_leads_to_the_sign_in() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");

    visitor.click("[data-current] .revoke");

    visitor.wait_for_path("/login");
    visitor.open("/settings/account");
    visitor.wait_for_path("/login");
}

#[test]
fn a_session_that_ends_while_its_page_is_open_is_continued_after_signing_in() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    op.advance(3_601);

    visitor.click(".rename");
    visitor.fill("[name=name]", "Key ring");
    visitor.press("Enter");
    visitor.wait_for_text("#ended", "You are no longer signed in.");
    visitor.click("#sign-in");

    visitor.wait_for_path("/settings/account");
    visitor.wait_for_text("li strong", "New Passkey");
}

#[test]
fn a_session_that_ends_on_the_way_to_an_application_leads_there_after_signing_in() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::signed_in(&op, "alice");
    application.send(&visitor, &[]);
    visitor.wait_for("[data-step=consent]");
    visitor.clear_cookies();

    visitor.click("#continue");
    visitor.wait_for_text("#ended", "You are no longer signed in.");
    visitor.click("#sign-in");
    visitor.click("[data-step=consent] #continue");

    assert!(application.answer(&visitor).contains_key("code"));
}

#[test]
fn all_other_browsers_are_signed_out_with_one_click() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    let phone = visitor.elsewhere(&op);
    phone.sign_in();
    visitor.open("/settings/account");

    visitor.click("#revoke-others");

    visitor.wait_for_text("#sessions [role=status]", "All other browsers are signed out.");
    assert!(!visitor.exists("#revoke-others") && visitor.exists("[data-current]"));
    phone.open("/settings/account");
    phone.wait_for_path("/login");
}
