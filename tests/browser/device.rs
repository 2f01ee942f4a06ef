//! `/device`: letting in a device that has no browser (RFC 8628 §3.3)

use pocketid::model::ClientType;

use super::visitor::Visitor;
use crate::support::op::{TestClient, TestOp};

fn television(op: &TestOp) -> TestClient {
    let client = op.client_with("https://tv.example.com", |client| {
        client.name = "Television".parse().expect("a name");
        client.client_type = ClientType::Public;
    });
    TestClient { secret: String::new(), ..client }
}

/// §3.3.1: a user who opens the complete address still sees the code, to compare it.
#[test]
fn whoever_follows_the_address_of_the_device_signs_in_and_lets_it_in() {
    let op = TestOp::start();
    let tv = television(&op);
    let codes = op.device_authorization(&tv, "openid profile email");
    let visitor = Visitor::with_passkey(&op, "alice");
    visitor.goto(codes.answer["verification_uri_complete"].as_str().expect("an address"));
    visitor.wait_for_path("/login?redirect=");
    visitor.click("#sign-in");

    visitor.wait_for_text("h1", "Television asks for access on a device");
    assert_eq!(visitor.text(".user-code"), codes.user_code);
    assert!(visitor.text(".notice").contains("If someone sent you this code"));
    assert!(visitor.text(".disclosures").contains("alice@example.com"));
    assert!(visitor.text(".destination").contains("127.0.0.1"));
    visitor.click("#allow");
    visitor.wait_for_text("#device-allowed h1", "Back to your device");

    assert!(op.poll(&tv, &codes).ok().json()["access_token"].is_string());
    visitor.open(&format!("/device?user_code={}", codes.user_code));
    visitor.wait_for_text("#user_code-error", "No device is waiting for this code.");
}

#[test]
fn whoever_signed_in_a_while_ago_lets_the_device_in_with_a_passkey() {
    let op = TestOp::start();
    let tv = television(&op);
    let visitor = Visitor::signed_in(&op, "alice");
    let codes = op.device_authorization(&tv, "openid offline_access");
    visitor.open(&format!("/device?user_code={}", codes.user_code));
    visitor.wait_for_text("#allow", "Allow this device");
    op.advance(301);

    // The page was open for so long that the sign-in is recent no more: the passkey is asked for on the way.
    visitor.click("#allow");
    visitor.wait_for("#device-allowed:not([hidden])");
    op.poll(&tv, &codes).ok();

    let codes = op.device_authorization(&tv, "openid offline_access");
    visitor.open(&format!("/device?user_code={}", codes.user_code));
    visitor.wait_for_text("#allow", "Allow with a passkey");
    visitor.click("#allow");
    visitor.wait_for("#device-allowed:not([hidden])");
    op.poll(&tv, &codes).ok();
}

#[test]
fn a_code_is_typed_in_any_letters() {
    let op = TestOp::start();
    let tv = television(&op);
    let codes = op.device_authorization(&tv, "openid");
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.open("/device");
    visitor.wait_for_focus("#field-user_code");

    visitor.click("#continue");
    visitor.wait_for_text("#user_code-error", "Please fill this in.");
    visitor.fill("[name=user_code]", "nonsense");
    visitor.press("Enter");
    visitor.wait_for_text("#user_code-error", "No device is waiting for this code.");
    let (first, second) = codes.user_code.split_at(4);
    visitor.fill("[name=user_code]", &format!(" {}-{second}", first.to_lowercase()));
    visitor.press("Enter");

    visitor.wait_for("#device-question");
    visitor.click("#allow");
    visitor.wait_for("#device-allowed:not([hidden])");
    op.poll(&tv, &codes).ok();
}

#[test]
fn a_device_is_refused_and_told_so() {
    let op = TestOp::start();
    let tv = television(&op);
    let codes = op.device_authorization(&tv, "openid");
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.open(&format!("/device?user_code={}", codes.user_code));

    visitor.click("#deny");

    visitor.wait_for_text("#device-denied h1", "Device denied");
    assert_eq!(op.poll(&tv, &codes).error(), "400 access_denied");
    assert_eq!((op.count("grants"), op.count("consents")), (0, 0));
}

#[test]
fn the_passkey_is_used_once_more_where_the_application_wants_it() {
    let op = TestOp::start();
    let client = op.client_with("https://tv.example.com", |c| c.requires_reauthentication = true);
    let codes = op.device_authorization(&client, "openid");
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.open(&format!("/device?user_code={}", codes.user_code));

    visitor.authenticator.set_user_verified(false);
    visitor.click("#allow");
    visitor.wait_for_alert("No passkey was used");
    assert_eq!(op.poll(&client, &codes).error(), "400 authorization_pending");
    visitor.authenticator.set_user_verified(true);
    visitor.click("#allow");

    visitor.wait_for("#device-allowed:not([hidden])");
    op.poll(&client, &codes).ok();
}

#[test]
fn whoever_comes_too_late_is_told_so() {
    let op = TestOp::start();
    let codes = op.device_authorization(&television(&op), "openid");
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.open(&format!("/device?user_code={}", codes.user_code));
    op.advance(901);

    visitor.click("#allow");
    visitor.wait_for_alert("This code has expired.");
    visitor.open(&format!("/device?user_code={}", codes.user_code));

    visitor.wait_for_text("#user_code-error", "This code has expired.");
}

#[test]
fn whoever_may_not_use_the_application_is_told_so() {
    let op = TestOp::start();
    let client = op.client_with("https://tv.example.com", |c| c.is_group_restricted = true);
    let codes = op.device_authorization(&client, "openid");
    let visitor = Visitor::signed_in(&op, "alice");

    visitor.open(&format!("/device?user_code={}", codes.user_code));

    visitor.wait_for_text("h1", "You may not use this application");
}
