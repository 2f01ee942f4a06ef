//! `/interaction`: showing that it is still you (OIDC Core §3.1.2.1 `prompt=login`, `max_age`)

use super::{application::Application, visitor::Visitor};
use crate::support::op::TestOp;

/// Goes once through to the application, which then has consent.
fn consented(op: &TestOp, application: &Application) -> Visitor {
    let visitor = Visitor::signed_in(op, "alice");
    application.send(&visitor, &[]);
    visitor.click("[data-step=consent] #continue");
    application.answer(&visitor);
    visitor
}

#[test]
fn the_passkey_is_asked_for_again_when_the_application_wants_it() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = consented(&op, &application);

    for wish in [("prompt", "login"), ("max_age", "0")] {
        application.send(&visitor, &[wish]);
        visitor.wait_for_text("h1", "Confirm that it is you");
        visitor.click("[data-step=reauthenticate] #continue");
        assert!(application.answer(&visitor).contains_key("code"), "{wish:?}");
    }
}

#[test]
fn the_passkey_is_asked_for_again_once_the_sign_in_is_too_old() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = consented(&op, &application);

    application.send(&visitor, &[("max_age", "600")]);
    application.answer(&visitor);
    op.advance(601);
    application.send(&visitor, &[("max_age", "600")]);

    visitor.wait_for("[data-step=reauthenticate]");
}

#[test]
fn whoever_is_not_recognised_does_not_go_on() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = consented(&op, &application);
    visitor.authenticator.set_user_verified(false);
    application.send(&visitor, &[("prompt", "login")]);

    visitor.click("#continue");
    visitor.wait_for_alert("No passkey was used");
    visitor.authenticator.set_user_verified(true);
    visitor.click("#continue");

    assert!(application.answer(&visitor).contains_key("code"));
}

#[test]
fn the_passkey_of_somebody_else_does_not_confirm_that_it_is_you() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = consented(&op, &application);
    let bob = Visitor::with_passkey(&op, "bob").authenticator.credentials().remove(0);
    visitor.authenticator.forget_credentials();
    visitor.authenticator.add_credential(&bob);
    application.send(&visitor, &[("prompt", "login")]);

    visitor.click("#continue");

    visitor.wait_for_alert("a passkey of this account");
    visitor.click("#deny");
    assert_eq!(application.answer(&visitor)["error"], "access_denied");
}

/// One use of the passkey is proof enough for the request that it was used for.
#[test]
fn whoever_signs_in_for_the_application_need_not_do_it_twice() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::with_passkey(&op, "alice");
    application.send(&visitor, &[("prompt", "login"), ("max_age", "0")]);

    visitor.click("[data-step=authenticate] #continue");
    visitor.click("[data-step=consent] #continue");

    assert!(application.answer(&visitor).contains_key("code"));
}
