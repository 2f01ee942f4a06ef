//! Signing in with a code by email, verifying an address, and an invitation, as people do it.

use super::visitor::Visitor;
use crate::support::{mail_server::TestMailServer, op::TestOp, wait_until};

fn op_with(server: &TestMailServer) -> TestOp {
    let op = TestOp::start();
    server.configure(&op);
    op.beside("config set emailAdminNotificationsEnabled false").ok();
    for key in ["emailOneTimeAccessAsUnauthenticatedEnabled", "emailVerificationEnabled"] {
        op.beside(&format!("config set {key} true")).ok();
    }
    let key = pocketid::model::ConfigKey::EmailVerificationEnabled;
    wait_until(|| op.config().flag(key));
    op
}

/// The path of the link in the newest mail.
fn link(op: &TestOp, server: &TestMailServer, count: usize, path: &str) -> String {
    let text = server.wait(count)[count - 1]["text"].as_str().expect("a text").to_owned();
    let at = text.find(&format!("{}{path}", op.base_url())).expect("a link");
    text[at + op.base_url().len()..].split_whitespace().next().expect("a path").to_owned()
}

#[test]
fn somebody_without_their_passkey_signs_in_with_a_code_by_email_and_verifies_the_address() {
    let server = TestMailServer::start();
    let op = op_with(&server);
    op.user("bob");
    let visitor = Visitor::new(&op);
    visitor.open("/login");
    visitor.click("#alternative");
    visitor.click("a[href^='/login/alternative/email']");
    visitor.wait_for_path("/login/alternative/email");
    visitor.fill("[name=email]", "bob@example.com");
    visitor.press("Enter");
    visitor.wait_for("#sent:not([hidden])");

    visitor.open(&link(&op, &server, 1, "/lc/"));
    visitor.click("#use-code");

    visitor.wait_for_path("/settings/account");
    visitor.click("[data-send$='send-email-verification']");
    visitor.open(&link(&op, &server, 2, "/verify-email?token="));
    visitor.click("#verify-form [type=submit]");
    visitor.wait_for("#verified:not([hidden])");
    assert_eq!(op.count("users WHERE email_verified = 1"), 1);
}

#[test]
fn an_administrator_invites_somebody_who_adds_a_passkey() {
    let server = TestMailServer::start();
    let op = op_with(&server);
    let root = Visitor::admin(&op, "root");
    root.open("/settings/admin/users");
    root.click("a[href='/settings/admin/users/invite']");
    root.wait_for_path("/settings/admin/users/invite");
    root.fill("[name=email]", "carol@example.com");

    root.click("#invite [type=submit]");

    root.wait_for_path("/settings/admin/users/");
    let carol = Visitor::new(&op);
    carol.open(&link(&op, &server, 1, "/lc/"));
    carol.click("#use-code");
    carol.wait_for_path("/settings/account");
}
