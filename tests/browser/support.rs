//! A person at a browser, with a passkey in it.

use crate::support::{
    browser::{Authenticator, Browser, Page},
    op::TestOp,
};

/// A page on a provider where `alice` has just been set up, signed in and with one passkey.
pub(super) fn alice(op: &TestOp) -> (Page, Authenticator) {
    let page = Browser::page();
    let authenticator = page.add_authenticator();
    page.goto(&format!("{}/setup", op.base_url()));
    page.fill("[name=username]", "alice");
    page.fill("[name=displayName]", "Alice Liddell");
    page.fill("[name=email]", "alice@example.com");
    page.click("#setup-submit");
    page.click("#create-passkey");
    page.wait_for_url(&format!("{}/settings/account", op.base_url()));
    page.wait_for("[data-passkey]");
    (page, authenticator)
}

/// Signs in on the login page.
pub(super) fn sign_in(page: &Page, op: &TestOp) {
    page.goto(&format!("{}/login", op.base_url()));
    page.click("#sign-in");
    page.wait_for_url(&format!("{}/settings/account", op.base_url()));
}

/// Fails when the browser complained of anything.
#[track_caller]
pub(super) fn assert_no_complaints(page: &Page) {
    assert_eq!(page.console_errors(), Vec::<String>::new());
}
