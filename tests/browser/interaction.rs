//! `/interaction`: from an application to its answer, as people see it.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use super::support::{alice, assert_no_complaints};
use crate::support::{
    browser::{Browser, Page},
    op::{TestClient, TestOp},
};

/// An application that shows the request that reached its callback URL.
fn application(op: &TestOp) -> TestClient {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let callback = format!("http://127.0.0.1:{}/callback", listener.local_addr().unwrap().port());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut buffer = [0; 8_192];
            let length = stream.read(&mut buffer).unwrap_or_default();
            let text = String::from_utf8_lossy(&buffer[..length]).replace('<', "&lt;");
            let body =
                format!("<!doctype html><link rel=icon href=data:,><pre id=request>{text}</pre>");
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close";
            let length = body.len();
            let _ = write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}");
        }
    });
    op.client_with(&callback, |client| client.name = "Bookmarks".parse().unwrap())
}

fn open(page: &Page, op: &TestOp, client: &TestClient, more: &[(&str, &str)]) {
    page.goto(&format!("{}{}", op.base_url(), client.authorize_path(more)));
}

#[test]
fn somebody_signs_in_consents_once_and_then_sees_no_page() {
    let op = TestOp::start();
    let client = application(&op);
    let (page, _authenticator) = alice(&op);
    page.clear_cookies();

    open(&page, &op, &client, &[]);
    assert!(page.text("main").contains("Bookmarks"));
    page.click("[data-step=authenticate] #continue");
    page.wait_for("[data-step=consent]");
    assert!(page.text("main").contains("alice@example.com"));
    page.click("#continue");
    page.wait_for("#request");
    assert!(page.url().contains("code=pocket_id_ac_"));

    open(&page, &op, &client, &[]);
    page.wait_for("#request");
    assert_no_complaints(&page);
}

#[test]
fn a_refusal_goes_back_to_the_application() {
    let op = TestOp::start();
    let client = application(&op);
    let (page, _authenticator) = alice(&op);
    open(&page, &op, &client, &[]);

    page.click("#deny");

    page.wait_for("#request");
    assert!(page.url().contains("error=access_denied") && page.url().contains("state=state-of"));
    assert_eq!(op.count("grants"), 0);
}

#[test]
fn the_passkey_is_asked_for_again_when_the_application_wants_it() {
    let op = TestOp::start();
    let client = application(&op);
    let (page, _authenticator) = alice(&op);
    open(&page, &op, &client, &[("prompt", "login"), ("max_age", "0")]);

    page.click("[data-step=reauthenticate] #continue");
    page.click("[data-step=consent] #continue");

    page.wait_for("#request");
    assert!(page.url().contains("code="));
    assert_no_complaints(&page);
}

#[test]
fn another_account_can_be_chosen() {
    let op = TestOp::start();
    let client = application(&op);
    let (page, _authenticator) = alice(&op);
    open(&page, &op, &client, &[("prompt", "select_account")]);
    page.wait_for("[data-step=select_account]");
    assert!(page.text("main").contains("Alice Liddell"));

    page.click("#use-another");
    page.click("[data-step=consent] #continue");

    page.wait_for("#request");
    assert!(page.url().contains("code="));
}

/// OAuth 2.0 Form Post Response Mode §2, under a policy without inline scripts.
#[test]
fn a_form_brings_the_answer_when_the_application_asks_for_it() {
    let op = TestOp::start();
    let client = application(&op);
    let (page, _authenticator) = alice(&op);
    open(&page, &op, &client, &[("response_mode", "form_post")]);

    page.click("[data-step=consent] #continue");

    page.wait_for("#request");
    let request = page.text("#request");
    assert!(request.starts_with("POST /callback") && request.contains("code=pocket_id_ac_"));
    assert_no_complaints(&page);
}

#[test]
fn without_a_passkey_the_page_says_what_to_try() {
    let op = TestOp::start();
    let client = application(&op);
    let page = Browser::page();
    let authenticator = page.add_authenticator();
    open(&page, &op, &client, &[]);

    page.click("#continue");
    page.wait_for("[role=alert]");
    assert!(!page.text("[role=alert]").is_empty());

    authenticator.set_user_verified(false);
    page.click("#continue");
    page.wait_for("[role=alert]");
    assert_eq!(op.count("sessions"), 0);
}

#[test]
fn keys_alone_are_enough() {
    let op = TestOp::start();
    let client = application(&op);
    let (page, _authenticator) = alice(&op);
    open(&page, &op, &client, &[]);
    page.wait_for("[data-step=consent]");
    for _ in 0..20 {
        page.press("Tab");
        if page.eval("document.activeElement.id") == "continue" {
            break;
        }
    }

    page.press("Enter");

    page.wait_for("#request");
    assert!(page.url().contains("code="));
}

#[test]
fn error_pages_say_what_happened_and_lead_nowhere_else() {
    let op = TestOp::start();
    let client = application(&op);
    let page = Browser::page();
    open(&page, &op, &client, &[("redirect_uri", "https://evil.example.com/cb")]);
    assert!(page.text("main").contains("https://evil.example.com/cb"));
    assert!(page.text("main").contains("pocketid client show"));
    assert!(!page.exists("a[href*=evil]"));

    open(&page, &op, &client, &[("client_id", "nobody")]);
    assert!(page.text("main").contains("nobody"));
    page.goto(&format!("{}/interaction?interaction=x", op.base_url()));
    assert!(page.text("main").to_lowercase().contains("expired"), "{}", page.text("main"));
}
