//! `/interaction`: signing in to an application, and consent

use super::{application::Application, visitor::Visitor};
use crate::support::op::TestOp;

#[test]
fn somebody_signs_in_consents_once_and_then_sees_no_page() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::with_passkey(&op, "alice");

    application.send(&visitor, &[]);
    visitor.wait_for_text("h1", "Sign in to Bookmarks");
    visitor.click("[data-step=authenticate] #continue");
    visitor.wait_for_text("h1", "Bookmarks asks for access");
    assert!(visitor.text(".disclosures").contains("alice@example.com"));
    visitor.click("#continue");
    let first = application.answer(&visitor);
    application.send(&visitor, &[]);
    let second = application.answer(&visitor);

    for answer in [&first, &second] {
        assert!(answer["code"].starts_with("pocket_id_ac_"));
        assert_eq!(answer["state"], "state-of-the-client");
        assert_eq!(answer["iss"], op.base_url());
    }
    let [.., before, after] = &visitor.visited()[..] else { panic!("two addresses") };
    assert!([before, after].iter().all(|url| url.starts_with(&application.client.redirect_uri)));
}

#[test]
fn an_application_that_asks_for_more_asks_again() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::signed_in(&op, "alice");
    application.send(&visitor, &[("scope", "openid")]);
    visitor.click("[data-step=consent] #continue");
    application.answer(&visitor);

    application.send(&visitor, &[("scope", "openid groups offline_access")]);

    visitor.wait_for("[data-step=consent]");
    assert!(visitor.text(".disclosures").contains("Your groups"));
    assert!(visitor.text(".disclosures").contains("Lasting access"));
}

/// RFC 6749 §4.1.2.1: the client learns that the user refused, with its state.
#[test]
fn a_refusal_is_told_to_the_application_and_leaves_nothing() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::signed_in(&op, "alice");
    application.send(&visitor, &[]);

    visitor.click("[data-step=consent] #deny");

    let answer = application.answer(&visitor);
    assert_eq!(answer["error"], "access_denied");
    assert_eq!(answer["state"], "state-of-the-client");
    assert_eq!((op.count("grants"), op.count("consents")), (0, 0));
}

#[test]
fn whoever_does_not_want_to_sign_in_goes_back_to_the_application() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::new(&op);
    application.send(&visitor, &[]);

    visitor.click("[data-step=authenticate] #deny");

    assert_eq!(application.answer(&visitor)["error"], "access_denied");
}

#[test]
fn one_can_go_back_while_the_browser_asks_for_the_passkey() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::with_passkey(&op, "alice");
    visitor.authenticator.set_present(false);
    application.send(&visitor, &[]);

    visitor.click("#continue");
    visitor.wait_for_text("[role=status]", "Follow the instructions");
    visitor.click("#deny");

    assert_eq!(application.answer(&visitor)["error"], "access_denied");
}

#[test]
fn without_a_passkey_a_one_time_code_leads_to_the_application() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let code = op.one_time_code(op.user("bob").id, 600);
    let visitor = Visitor::new(&op);
    application.send(&visitor, &[]);

    visitor.click("#continue");
    visitor.wait_for_alert("this device has none for localhost");
    visitor.click("a[href^='/lc']");
    visitor.fill("[name=code]", &code);
    visitor.press("Enter");
    visitor.click("[data-step=consent] #continue");

    assert!(application.answer(&visitor).contains_key("code"));
}

#[test]
fn the_page_shows_who_asks_and_where_the_answer_goes() {
    let op = TestOp::start();
    let application = Application::start_with(&op, |client| {
        client.launch_url = Some("https://bookmarks.example.com/start".to_owned());
    });
    let svg =
        br#"<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><circle r="9"/></svg>"#;
    op.set_logo(&application.client, "image/svg+xml", svg);
    let visitor = Visitor::new(&op);

    application.send(&visitor, &[]);

    // With its port: another one of the same host may be another application.
    let host = application.client.redirect_uri.trim_start_matches("http://");
    let host = host.trim_end_matches("/callback");
    assert_eq!(visitor.text(".destination strong"), host);
    let link = visitor.attribute("a[target=_blank]", "href");
    assert_eq!(link.as_deref(), Some("https://bookmarks.example.com/start"));
    assert_eq!(visitor.eval("document.querySelector('img.tile').naturalWidth"), 64);
}
