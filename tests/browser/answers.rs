//! How the answer reaches the application: `response_mode`

use super::{application::Application, visitor::Visitor};
use crate::support::op::TestOp;

const STATE: &str = "a\"b<c>&d='ä 家";

#[test]
fn a_fragment_brings_the_answer() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::signed_in(&op, "alice");
    application.send(&visitor, &[("response_mode", "fragment")]);

    visitor.click("[data-step=consent] #continue");

    visitor.wait_for_url(&format!("{}#code=pocket_id_ac_", application.client.redirect_uri));
}

/// OAuth 2.0 Form Post Response Mode §2, under a policy without inline scripts.
#[test]
fn a_form_brings_the_answer() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::signed_in(&op, "alice");
    application.send(&visitor, &[("response_mode", "form_post"), ("state", STATE)]);

    visitor.click("[data-step=consent] #continue");

    let answer = application.answer(&visitor);
    assert!(visitor.text("#request").starts_with("POST /callback HTTP"));
    assert!(answer["code"].starts_with("pocket_id_ac_"));
    assert_eq!(answer["state"], STATE);
}

/// Browsers hold the redirects that follow a form against the policy of its page, too (CSP3
/// `form-action`).
#[test]
fn an_application_may_go_on_to_another_host_after_a_form() {
    let op = TestOp::start();
    let application = Application::start_with(&op, |client| {
        client.redirect_uris = vec!["http://127.0.0.1:*/away".parse().unwrap()];
    });
    let visitor = Visitor::signed_in(&op, "alice");
    let away = application.client.redirect_uri.replace("/callback", "/away");
    application.send(&visitor, &[("response_mode", "form_post"), ("redirect_uri", &away)]);

    visitor.click("[data-step=consent] #continue");

    visitor.wait_for_url(&away.replace("127.0.0.1", "localhost").replace("/away", "/welcome"));
}

#[test]
fn a_form_brings_a_refusal() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::new(&op);
    application.send(&visitor, &[("response_mode", "form_post"), ("state", STATE)]);

    visitor.click("#deny");

    let answer = application.answer(&visitor);
    assert!(visitor.text("#request").starts_with("POST /callback HTTP"));
    assert_eq!((&answer["error"][..], &answer["state"][..]), ("access_denied", STATE));
}

#[test]
fn without_scripts_a_button_sends_the_form() {
    let op = TestOp::start();
    let application = Application::start_with(&op, |client| client.skips_consent = true);
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.disable_scripts();
    application.send(&visitor, &[("response_mode", "form_post")]);

    visitor.click("#form-post button");

    assert!(application.answer(&visitor).contains_key("code"));
}
