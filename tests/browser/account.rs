//! `/setup`, `/login`, `/logout`, `/lc/CODE` and `/settings/account`.

use super::support::{alice, assert_no_complaints, sign_in};
use crate::support::{browser::Browser, op::TestOp};

#[test]
fn the_first_administrator_is_made_with_a_passkey_and_only_once() {
    let op = TestOp::start();
    let (page, authenticator) = alice(&op);
    assert_eq!(authenticator.credentials().len(), 1);
    assert_no_complaints(&page);

    page.clear_cookies();
    page.goto(&format!("{}/setup", op.base_url()));
    assert!(!page.exists("#setup-form"));
    assert!(page.text("main").contains("pocketid recover"));
}

#[test]
fn what_is_wrong_in_the_form_is_said_beside_its_field() {
    let op = TestOp::start();
    let page = Browser::page();
    page.goto(&format!("{}/setup", op.base_url()));
    page.fill("[name=username]", "not a name");
    page.fill("[name=displayName]", "Alice");
    page.fill("[name=email]", "nonsense");
    page.click("#setup-submit");

    page.wait_for("[name=username][aria-invalid=true]");
    page.wait_for("[name=email][aria-invalid=true]");
    assert_eq!(op.count("users"), 0);
}

#[test]
fn a_passkey_signs_in_without_a_user_name_and_signing_out_ends_it() {
    let op = TestOp::start();
    let (page, _authenticator) = alice(&op);
    page.goto(&format!("{}/logout", op.base_url()));
    page.click("#sign-out");
    page.wait_for("#signed-out");
    page.goto(&format!("{}/settings/account", op.base_url()));
    page.wait_for_url(&format!("{}/login", op.base_url()));

    page.click("#sign-in");

    page.wait_for_url(&format!("{}/settings/account", op.base_url()));
    assert!(page.text("main").contains("Alice Liddell"));
    assert_no_complaints(&page);
}

#[test]
fn passkeys_are_added_renamed_and_removed() {
    let op = TestOp::start();
    let (page, first) = alice(&op);
    // Another authenticator, since one keeps a single passkey for each account.
    first.remove();
    // Passkeys are listed in the order of their seconds.
    op.advance(2);
    let second = page.add_authenticator();
    page.click("#add-passkey");
    page.wait_for("[data-passkey]:nth-child(2)");
    assert_eq!(second.credentials().len(), 1);

    page.click("[data-passkey]:nth-child(2) .rename");
    page.fill("[data-passkey]:nth-child(2) input[name=name]", "Key ring");
    page.press("Enter");
    page.wait_for_text("[data-passkey]:nth-child(2)", "Key ring");
    page.click("[data-passkey]:nth-child(1) .remove");
    page.click("#remove-cancel");
    assert_eq!(op.count("passkeys"), 2);
    page.click("[data-passkey]:nth-child(1) .remove");
    page.click("#remove-confirm");
    page.wait_for("[data-passkey]:only-child");
    page.wait_for_text("[data-passkey]", "Key ring");
    page.click("[data-passkey] .remove");
    page.wait_for("#remove-last");
    page.click("#remove-cancel");

    page.clear_cookies();
    sign_in(&page, &op);
    assert_no_complaints(&page);
}

#[test]
fn a_one_time_link_is_used_by_a_click_and_once() {
    let op = TestOp::start();
    let user = op.user("bob");
    let code = op.one_time_code(user.id, 600);
    let page = Browser::page();
    let _authenticator = page.add_authenticator();

    page.goto(&format!("{}/lc/{code}", op.base_url()));
    page.wait_for("#use-code");
    assert_eq!(op.count("one_time_access_tokens"), 1, "looking at a link does not use it");
    page.click("#use-code");
    page.wait_for("#no-passkey");
    page.click("#add-passkey");
    page.wait_for("[data-passkey]");

    let other = Browser::page();
    other.goto(&format!("{}/lc/{code}", op.base_url()));
    other.click("#use-code");
    other.wait_for("[role=alert]");
    assert!(!other.text("[role=alert]").is_empty());
}

/// A passkey that another site made is not offered here, and a wrong one signs nobody in.
#[test]
fn a_passkey_of_another_site_is_of_no_use() {
    let op = TestOp::start();
    let (page, authenticator) = alice(&op);
    let credential = authenticator.credentials().remove(0);
    authenticator.remove();
    page.clear_cookies();
    let other = page.add_authenticator();
    let mut foreign = credential;
    foreign["rpId"] = "evil.example.com".into();
    other.add_credential(&foreign);

    page.goto(&format!("{}/login", op.base_url()));
    page.click("#sign-in");

    page.wait_for("[role=alert]");
    assert!(page.text("[role=alert]").contains("localhost"), "{}", page.text("[role=alert]"));
    assert!(page.url().ends_with("/login"));
    page.wait_for("#sign-in:not([aria-disabled=true])");
}

#[test]
fn a_session_that_was_ended_elsewhere_is_over() {
    let op = TestOp::start();
    let (page, authenticator) = alice(&op);
    let phone = Browser::page();
    let copy = phone.add_authenticator();
    copy.add_credential(&authenticator.credentials()[0]);
    sign_in(&phone, &op);

    page.goto(&format!("{}/settings/account", op.base_url()));
    page.click("[data-session]:not([data-current]) .revoke");
    page.wait_for("[data-session]:only-child");

    phone.goto(&format!("{}/settings/account", op.base_url()));
    phone.wait_for_url(&format!("{}/login", op.base_url()));
}

#[test]
fn the_language_is_the_browsers_until_somebody_chooses_one() {
    let op = TestOp::start();
    let (page, _authenticator) = alice(&op);
    let chinese = Browser::page();
    chinese.set_language("zh-CN");
    for path in ["/login", "/lc", "/nowhere", "/setup", "/logout"] {
        chinese.goto(&format!("{}{path}", op.base_url()));
        assert_eq!(chinese.attribute("html", "lang").unwrap(), "zh-CN", "{path}");
        assert!(chinese.text("main").chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)));
    }

    assert_eq!(page.attribute("html", "lang").unwrap(), "en");
    page.select("#locale", "zh-CN");
    page.click("#account-save");
    page.wait_for("html[lang=zh-CN] #passkeys");
    page.select("#locale", "en");
    page.click("#account-save");
    page.wait_for("html[lang=en] #passkeys");
    assert_no_complaints(&page);
}

#[test]
fn a_user_name_that_somebody_else_has_is_said_beside_its_field() {
    let op = TestOp::start();
    let (page, _authenticator) = alice(&op);
    op.user("bob");

    page.fill("[name=username]", "Bob");
    page.click("#account-save");

    page.wait_for("[name=username][aria-invalid=true]");
    assert_no_failures_but(&page, "409");
}

/// The browser itself complains of a refused request; of nothing else may it complain.
#[track_caller]
fn assert_no_failures_but(page: &crate::support::browser::Page, status: &str) {
    let complaints = page.console_errors();
    assert!(complaints.iter().all(|complaint| complaint.contains(status)), "{complaints:?}");
}
