//! `/login`

use serde_json::Value;

use super::visitor::Visitor;
use crate::support::op::TestOp;

#[test]
fn a_passkey_signs_in_and_nobody_is_asked_for_a_name() {
    let op = TestOp::start();
    let visitor = Visitor::with_passkey(&op, "alice");
    visitor.open("/settings/account");
    visitor.wait_for_path("/login?redirect=");
    assert!(!visitor.exists("input"));

    visitor.click("#sign-in");

    visitor.wait_for_path("/settings/account");
    assert_eq!(visitor.text("h1"), "alice");
    visitor.open("/login");
    visitor.wait_for_path("/settings/account");
}

#[test]
fn signing_in_leads_to_where_one_wanted_to_go() {
    let op = TestOp::start();
    let visitor = Visitor::with_passkey(&op, "alice");
    visitor.open("/login?redirect=%2Flogout%3Fa%3Db%26c");

    visitor.click("#sign-in");

    visitor.wait_for_path("/logout?a=b&c");
}

#[test]
fn signing_in_never_leads_to_another_site() {
    let op = TestOp::start();
    let visitor = Visitor::with_passkey(&op, "alice");
    let elsewhere = [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/%09/evil.example",
        "/..//evil.example",
        "javascript:alert(1)",
        "evil.example",
    ];
    for redirect in elsewhere {
        visitor.open(&format!("/login?redirect={redirect}"));
        let path = visitor.attribute("#sign-in", "data-redirect");
        assert_eq!(path.as_deref(), Some("/settings/account"), "{redirect}");
    }
    visitor.sign_in();

    for redirect in elsewhere {
        visitor.open(&format!("/login?redirect={redirect}"));
        visitor.wait_for_path("/settings/account");
    }
}

/// A browser throws the same error whether the user cancels, waits too long or has no passkey.
#[test]
fn without_a_passkey_the_page_says_what_may_be_the_reason_and_another_try_works() {
    let op = TestOp::start();
    let owner = Visitor::with_passkey(&op, "alice");
    let visitor = Visitor::new(&op);
    visitor.open("/login");

    visitor.click("#sign-in");
    visitor.wait_for_alert("cancelled or timed out, or this device has none for localhost");
    visitor.wait_for("#sign-in:not([aria-disabled])");
    visitor.authenticator.add_credential(&owner.authenticator.credentials()[0]);
    visitor.click("#sign-in");

    visitor.wait_for_path("/settings/account");
}

#[test]
fn while_the_browser_asks_for_the_passkey_the_page_says_so() {
    let op = TestOp::start();
    let visitor = Visitor::with_passkey(&op, "alice");
    visitor.authenticator.set_present(false);
    visitor.open("/login");

    visitor.click("#sign-in");

    visitor.wait_for_text("[role=status]", "Follow the instructions of your browser");
    visitor.wait_for("#sign-in.busy[aria-disabled=true]");
}

#[test]
fn an_authenticator_that_does_not_recognise_its_user_signs_nobody_in() {
    let op = TestOp::start();
    let visitor = Visitor::with_passkey(&op, "alice");
    visitor.authenticator.set_user_verified(false);
    visitor.open("/login");

    visitor.click("#sign-in");

    visitor.wait_for_alert("No passkey was used");
    assert_signed_out(&visitor);
}

#[test]
fn a_passkey_of_another_site_is_of_no_use() {
    let op = TestOp::start();
    let visitor = Visitor::with_passkey(&op, "alice");
    let mut foreign = visitor.authenticator.credentials().remove(0);
    foreign["rpId"] = "evil.example.com".into();
    visitor.authenticator.forget_credentials();
    visitor.authenticator.add_credential(&foreign);
    visitor.open("/login");

    visitor.click("#sign-in");

    visitor.wait_for_alert("this device has none for localhost");
    assert_signed_out(&visitor);
}

#[test]
fn a_passkey_that_is_registered_nowhere_is_told_so() {
    let (op, other) = (TestOp::start(), TestOp::start());
    op.person("alice");
    let stranger = Visitor::with_passkey(&other, "alice");
    let visitor = stranger.elsewhere(&op);
    visitor.open("/login");

    visitor.click("#sign-in");

    visitor.wait_for_alert("This passkey is not known here.");
    assert_signed_out(&visitor);
}

#[test]
fn a_disabled_account_is_told_so() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    let me = visitor.eval("fetch('/api/users/me').then(r => r.json())");
    let id = serde_json::from_value::<uuid::Uuid>(me["id"].clone()).expect("an id");
    op.change_user(pocketid::model::UserId(id), |user| user.disabled = true);

    visitor.open("/settings/account");
    visitor.wait_for_path("/login");
    visitor.click("#sign-in");

    visitor.wait_for_alert("This account is disabled.");
}

/// WebAuthn L3 §7.2 step 12: another origin of the same host may use the passkey, since it shares our RP
/// ID; the assertion that it gets is of no use to it.
#[test]
fn an_assertion_made_for_another_origin_is_refused() {
    let (op, evil) = (TestOp::start(), TestOp::start());
    let visitor = Visitor::with_passkey(&op, "alice");

    let finished = [&op, &evil].map(|site| {
        visitor.open("/login");
        let start = "fetch('/api/webauthn/login/start').then(r => r.json())";
        let options = visitor.eval(start);
        visitor.goto(&format!("{}/login", site.base_url()));
        let assertion = visitor.eval(&format!(
            "navigator.credentials.get({{
                publicKey: PublicKeyCredential.parseRequestOptionsFromJSON({options})
            }}).then(credential => credential.toJSON())"
        ));
        visitor.open("/login");
        visitor.eval(&format!(
            "fetch('/api/webauthn/login/finish', {{
                method: 'POST', body: {}, headers: {{ 'content-type': 'application/json' }}
            }}).then(r => r.json())",
            Value::String(assertion.to_string())
        ))
    });

    assert_eq!(finished[0]["username"], "alice");
    assert_eq!(finished[1]["code"], "webauthn_authentication_failed");
}

#[track_caller]
fn assert_signed_out(visitor: &Visitor) {
    visitor.open("/settings/account");
    visitor.wait_for_path("/login");
}
