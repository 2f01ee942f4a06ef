//! `/logout`

use super::{application::Application, visitor::Visitor};
use crate::support::op::TestOp;

#[test]
fn after_signing_out_the_back_button_shows_nothing_private() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.click("header a[href='/logout']");
    visitor.wait_for_text("main", "You are signed in as alice.");

    visitor.click("#sign-out");
    visitor.wait_for_text("h1", "You are signed out");
    assert!(visitor.eval("document.title").as_str().is_some_and(|title| title.starts_with("You")));
    visitor.go_back();

    visitor.wait_for_path("/login");
    assert!(!visitor.text("body").contains("alice"));
}

#[test]
fn a_link_alone_signs_nobody_out() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");

    visitor.open("/logout");
    visitor.click("main a[href='/settings/account']");

    visitor.wait_for_path("/settings/account");
    assert_eq!(visitor.text("h1"), "alice");
}

#[test]
fn whoever_is_signed_out_already_is_told_the_same() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.open("/logout");
    visitor.clear_cookies();

    visitor.click("#sign-out");

    visitor.wait_for("#signed-out");
    visitor.click("#signed-out a");
    visitor.wait_for_path("/login");
}

/// RP-Initiated Logout §2 and §3: asked first, then sent back with the state.
#[test]
fn whoever_came_from_an_application_is_asked_and_sent_back_to_it() {
    let op = TestOp::start();
    let app = Application::start_with(&op, |client| {
        client.post_logout_redirect_uris = client.redirect_uris.clone();
    });
    let (client, bye) = (&app.client, &app.client.redirect_uri);
    let visitor = Visitor::signed_in(&op, "alice");
    let path = format!(
        "/api/oidc/end-session?client_id={}&post_logout_redirect_uri={bye}&state=s",
        client.id
    );
    visitor.open(&path);
    visitor.wait_for_text("main", "You are signed in as alice.");

    visitor.click("#sign-out");
    visitor.wait_for_url(&format!("{bye}?state=s"));

    visitor.open(&format!("/logout?client_id={}&post_logout_redirect_uri={bye}", client.id));
    visitor.wait_for_text("#signed-out", "Back to the application");
}
