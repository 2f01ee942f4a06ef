//! `/settings/apps`

use super::{application::Application, visitor::Visitor};
use crate::support::op::TestOp;

#[test]
fn an_application_that_has_access_is_shown_until_it_is_ended() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.open("/settings/apps");
    visitor.wait_for_text(".nothing", "No applications yet.");
    application.send(&visitor, &[("scope", "openid offline_access")]);
    visitor.click("[data-step=consent] #continue");
    let code = application.answer(&visitor)["code"].clone();
    let tokens = op.redeem(&application.client, &code).ok().json();

    visitor.open("/settings/apps");
    visitor.wait_for_text(".app strong", "Bookmarks");
    visitor.click(".app .danger");
    visitor.wait_for_text("#ask-title", "End the access of Bookmarks?");
    visitor.click("#ask-confirm");

    visitor.wait_for_text("#toasts", "Bookmarks no longer has access");
    visitor.wait_for_text(".nothing", "No applications yet.");
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(op.refresh(&application.client, refresh).error(), "400 invalid_grant");
    application.send(&visitor, &[]);
    visitor.wait_for("[data-step=consent]");
}

#[test]
fn an_application_is_opened_from_its_card() {
    let op = TestOp::start();
    Application::start_with(&op, |client| {
        client.launch_url = Some("https://links.example.com/start".to_owned());
    });
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.open("/settings/apps");
    visitor.wait_for_text(".app .row-meta", "links.example.com");
    let open = visitor.attribute(".app a", "href");
    assert_eq!(open.as_deref(), Some("https://links.example.com/start"));
    assert!(!visitor.exists(".app .danger"), "nothing was allowed yet");
}
