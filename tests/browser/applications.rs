//! `/settings/account`: the applications that have access

use super::{application::Application, visitor::Visitor};
use crate::support::op::TestOp;

#[test]
fn an_application_that_has_access_is_listed_until_it_is_ended() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::signed_in(&op, "alice");
    visitor
        .wait_for_text("#applications .nothing", "You have not signed in to any application yet.");
    application.send(&visitor, &[("scope", "openid offline_access")]);
    visitor.click("[data-step=consent] #continue");
    let code = application.answer(&visitor)["code"].clone();
    let tokens = op.redeem(&application.client, &code).ok().json();

    visitor.open("/settings/account");
    visitor.wait_for_text("[data-application] strong", "Bookmarks");
    visitor.wait_for_text("[data-application] .badge", "Also while you are away");
    visitor.click(".end-access");

    visitor.wait_for_text("#applications [role=status]", "That application no longer has access.");
    assert_eq!(visitor.focus(), "applications-title");
    visitor
        .wait_for_text("#applications .nothing", "You have not signed in to any application yet.");
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(op.refresh(&application.client, refresh).error(), "400 invalid_grant");
    application.send(&visitor, &[]);
    visitor.wait_for("[data-step=consent]");
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
