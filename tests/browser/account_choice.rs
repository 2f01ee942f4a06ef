//! `/interaction`: which account to use (OIDC Core §3.1.2.1 `prompt=select_account`)

use super::{application::Application, visitor::Visitor};
use crate::support::op::TestOp;

const CHOICE: &[(&str, &str)] = &[("prompt", "select_account")];

/// The e-mail address that the application learns for the code that it has got.
fn email_of(op: &TestOp, application: &Application, visitor: &Visitor) -> String {
    let code = application.answer(visitor).remove("code").expect("a code");
    let tokens = op.redeem(&application.client, &code).ok().json();
    let claims = op.userinfo(tokens["access_token"].as_str().expect("a token")).ok().json();
    claims["email"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn somebody_goes_on_with_the_account_that_is_shown() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::signed_in(&op, "alice");
    application.send(&visitor, CHOICE);
    visitor.wait_for_text(".person", "alice@example.com");

    visitor.click("[data-step=select_account] #continue");
    visitor.click("[data-step=consent] #continue");

    assert_eq!(email_of(&op, &application, &visitor), "alice@example.com");
}

#[test]
fn somebody_chooses_another_account() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::signed_in(&op, "alice");
    let bob = Visitor::with_passkey(&op, "bob").authenticator.credentials().remove(0);
    visitor.authenticator.forget_credentials();
    visitor.authenticator.add_credential(&bob);
    application.send(&visitor, CHOICE);

    visitor.click("[data-step=select_account] #use-another");
    visitor.wait_for("[data-step=consent]");
    assert!(visitor.text(".person").contains("bob@example.com"));
    visitor.click("#continue");

    assert_eq!(email_of(&op, &application, &visitor), "bob@example.com");
    visitor.open("/settings/account");
    assert_eq!(visitor.text("h1"), "bob");
}

#[test]
fn whoever_has_no_other_passkey_is_still_asked() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.authenticator.forget_credentials();
    application.send(&visitor, CHOICE);

    visitor.click("#use-another");
    visitor.wait_for_alert("No passkey was used");
    visitor.click("[data-step=select_account] #continue");
    visitor.click("[data-step=consent] #continue");

    assert_eq!(email_of(&op, &application, &visitor), "alice@example.com");
}

#[test]
fn the_choice_is_asked_each_time() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::signed_in(&op, "alice");
    application.send(&visitor, CHOICE);
    visitor.click("[data-step=select_account] #continue");
    visitor.click("[data-step=consent] #continue");
    application.answer(&visitor);

    application.send(&visitor, CHOICE);
    visitor.click("[data-step=select_account] #continue");

    assert!(application.answer(&visitor).contains_key("code"));
}
