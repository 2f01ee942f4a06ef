//! Pages that say what went wrong and what to do

use super::{application::Application, visitor::Visitor};
use crate::support::{agent::SESSION, op::TestOp};

#[test]
fn an_unknown_application_is_named_and_nobody_is_sent_on() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::new(&op);

    application.send(&visitor, &[("client_id", "<b>nobody</b>")]);

    visitor.wait_for_text("h1", "Unknown application");
    assert_eq!(visitor.text(".evidence"), "<b>nobody</b>");
    assert!(visitor.text("main").contains("pocketid client list"));
}

/// RFC 6749 §3.1.2.4: the user is never sent to an address that is not the client's.
#[test]
fn an_unregistered_callback_url_is_shown_and_is_no_link() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::new(&op);

    application.send(&visitor, &[("redirect_uri", "https://evil.example.com/cb")]);

    visitor.wait_for_text("h1", "Callback URL not registered");
    assert_eq!(visitor.text(".evidence"), "https://evil.example.com/cb");
    let command = format!("pocketid client update {} --add-callback ", application.client.id);
    assert!(visitor.text("main").contains(&command));
    assert!(!visitor.exists("a"));
}

#[test]
fn a_request_with_a_fault_is_explained_to_its_developer() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::new(&op);

    application.send(&visitor, &[("redirect_uri", "")]);

    visitor.wait_for_text("h1", "The sign-in cannot continue");
    assert!(visitor.text(".evidence").contains("redirect_uri is missing"));
}

#[test]
fn a_sign_in_that_was_left_open_for_too_long_has_expired() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::with_passkey(&op, "alice");
    application.send(&visitor, &[]);
    op.advance(3_601);

    visitor.click("#continue");

    visitor.wait_for_text("h1", "This sign-in has expired");
    assert!(visitor.text("main").contains("Go back to the application"));
}

#[test]
fn a_sign_in_that_was_completed_is_not_repeated() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::signed_in(&op, "alice");
    application.send(&visitor, &[]);
    visitor.wait_for("[data-step=consent]");
    let id = visitor.attribute("#interaction", "data-interaction").expect("an id");
    visitor.click("#continue");
    application.answer(&visitor);

    visitor.open(&format!("/authorize?interaction={id}"));

    visitor.wait_for_text("h1", "This sign-in is finished");
    assert_eq!(op.count("authorization_codes"), 1);
}

#[test]
fn whoever_is_in_none_of_its_groups_does_not_get_into_an_application() {
    let op = TestOp::start();
    let application = Application::start_with(&op, |client| client.is_group_restricted = true);
    op.allow_group(&application.client, op.group("family", &[]));
    let visitor = Visitor::signed_in(&op, "alice");

    application.send(&visitor, &[]);

    visitor.wait_for_text("h1", "You may not use this application");
    assert!(visitor.text("main").contains("none of the groups that may use Bookmarks"));
    visitor.click("a[href='/logout']");
    visitor.wait_for_path("/logout");
    assert_eq!(op.count("grants") + op.count("consents"), 0);
}

#[test]
fn an_address_without_a_page_leads_back_to_the_account() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");

    visitor.open("/nowhere");
    visitor.wait_for_text("h1", "Page not found");
    visitor.click("main a");

    visitor.wait_for_path("/settings/account");
}

/// Another program on this computer can set our cookie for a path, and the server cannot tell which one is
/// ours. Neither cookie signs a user in, and no user is locked out.
#[test]
fn a_planted_cookie_is_explained_and_is_gone_when_the_page_is_loaded_again() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.plant_cookie(SESSION, "/settings");

    visitor.open("/settings/account");
    visitor.wait_for_text("h1", "Please load this page again");
    visitor.open("/settings/account");
    visitor.wait_for_path("/login");

    visitor.sign_in();
    assert_eq!(visitor.text("h1"), "alice");
}

/// Passkeys belong to one address: a user at another address learns that, and the right address, before
/// they click.
#[test]
fn at_another_address_than_the_usual_one_the_page_says_so_at_once() {
    let op = TestOp::start();
    op.person("alice");
    let visitor = Visitor::new(&op);

    visitor.goto(&format!("{}/login", op.base_url().replace("localhost", "127.0.0.1")));

    visitor.wait_for_alert("work only at");
    assert!(visitor.text("[role=alert]").contains(op.base_url()));
}

#[test]
fn a_long_name_without_a_space_does_not_make_a_page_wider_than_a_phone() {
    let op = TestOp::start();
    let application = Application::start_with(&op, |client| {
        client.name = "W".repeat(50).parse().expect("a name");
        client.launch_url = Some("https://app.example.com/".to_owned());
    });
    let visitor = Visitor::with_passkey(&op, "alice");
    visitor.set_viewport(320, 640, true);

    application.send(&visitor, &[]);

    visitor.wait_for_path("/interaction");
    let width = visitor.eval("document.documentElement.scrollWidth").as_i64();
    assert!(width <= Some(320), "{width:?}");
}
