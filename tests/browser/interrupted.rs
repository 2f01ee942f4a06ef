//! Administration that is interrupted: by the end of a session, or from another tab

use super::visitor::Visitor;
use crate::support::op::TestOp;

const USERS: &str = "/settings/admin/users";

/// An administrator at the page of bob.
fn at_bob(op: &TestOp) -> (Visitor, String) {
    let bob = op.user("bob");
    let root = Visitor::admin(op, "root");
    let path = format!("{USERS}/{}", bob.id);
    root.open(&path);
    (root, path)
}

fn sign_in_again(visitor: &Visitor) {
    visitor.wait_for_path("/login?ended=1");
    visitor.wait_for_text("#ended", "You are no longer signed in.");
    visitor.click("#sign-in");
}

#[test]
fn what_was_typed_while_the_session_ended_is_there_after_signing_in_again() {
    let op = TestOp::start();
    let (root, path) = at_bob(&op);
    root.fill("[name=displayName]", "Bob Brown");
    root.click("#field-isAdmin");
    op.execute("DELETE FROM sessions");
    root.click("#user [type=submit]");
    sign_in_again(&root);

    root.wait_for_path(&path);
    root.wait_for_text("#user [role=status]", "Your changes are back. They are not saved yet.");
    assert_eq!(root.eval("document.querySelector('[name=displayName]').value"), "Bob Brown");
    assert_eq!(op.number("SELECT COUNT(*) FROM users WHERE is_admin"), 1);
    root.click("#user [type=submit]");
    root.wait_for_text("h1", "Bob Brown");
    assert_eq!(op.number("SELECT COUNT(*) FROM users WHERE is_admin"), 2);
    root.open(&path);
    root.wait_for_text("h1", "Bob Brown");
    assert_eq!(root.text("#user [role=status]"), "");
}

#[test]
fn rows_and_dialogs_come_back_too() {
    let op = TestOp::start();
    let (root, path) = at_bob(&op);
    root.open(&format!("{path}?tab=claims"));
    for (number, key) in ["department", "room"].into_iter().enumerate() {
        root.click("[data-add-row]");
        root.fill(&format!("[data-row]:nth-of-type({}) [name=key]", number + 1), key);
        root.fill(&format!("[data-row]:nth-of-type({}) [name=value]", number + 1), "B 12");
    }
    op.execute("DELETE FROM sessions");
    root.click("main [type=submit]");
    sign_in_again(&root);
    root.wait_for_text("main form [role=status]", "Your changes are back.");
    root.save("main [type=submit]");
    assert_eq!(op.texts("SELECT name FROM user_claims ORDER BY name"), ["department", "room"]);

    root.open("/settings/admin/api-keys");
    root.click("[data-opens]");
    root.fill("dialog[open] [name=name]", "Backups");
    op.execute("DELETE FROM sessions");
    root.click("dialog[open] [type=submit]");
    sign_in_again(&root);
    root.wait_for_text("dialog[open] [role=status]", "Your changes are back.");
    assert_eq!(root.eval("document.querySelector('dialog[open] [name=name]').value"), "Backups");
}

/// Another person at the same computer does not see what the first one typed, and no password waits.
#[test]
fn nobody_else_sees_what_was_typed_and_passwords_do_not_wait() {
    let op = TestOp::start();
    let (root, path) = at_bob(&op);
    let other = Visitor::admin(&op, "other");
    root.fill("[name=displayName]", "Bob Brown");
    op.execute("DELETE FROM sessions");
    root.click("#user [type=submit]");
    root.wait_for_path("/login?ended=1");
    root.authenticator.forget_credentials();
    root.authenticator.add_credential(&other.authenticator.credentials()[0]);
    root.click("#sign-in");
    root.wait_for_path(&path);
    root.wait_for_text(".side .person", "other");
    assert_eq!(root.eval("document.querySelector('[name=displayName]').value"), "bob");
    assert_eq!(root.eval("sessionStorage.length"), 0);

    root.open("/settings/admin/application-configuration?tab=email");
    root.fill("[name=smtpHost]", "mail.example.com");
    root.fill("[name=smtpPassword]", "a secret of the mail server");
    op.execute("DELETE FROM sessions");
    root.click("main [type=submit]");
    root.wait_for_path("/login?ended=1");
    let kept = root.eval("sessionStorage.getItem('kept')").to_string();
    assert!(kept.contains("mail.example.com") && !kept.contains("a secret"), "{kept}");
}

#[test]
fn a_tab_that_was_signed_out_by_another_one_says_so_at_its_next_click() {
    let op = TestOp::start();
    let (root, path) = at_bob(&op);
    let tab = root.tab();
    tab.open("/logout");
    tab.click("#sign-out");
    tab.wait_for("#signed-out");

    root.click("#user [type=submit]");
    sign_in_again(&root);
    root.wait_for_path(&path);
    tab.open(USERS);
    tab.wait_for_text("h1", "Users");
}

/// Deleted in one tab while the other one has its page open.
#[test]
fn what_another_tab_has_deleted_can_no_longer_be_saved_and_the_page_says_so() {
    let op = TestOp::start();
    let (root, path) = at_bob(&op);
    let group = op.group("family", &[]);
    let client = op.client();
    let gone = "This no longer exists. Reload the page.";
    let tab = root.tab();
    for (path, form) in [
        (path, "#user"),
        (format!("/settings/admin/user-groups/{group}"), "#group"),
        (format!("/settings/admin/oidc-clients/{}", client.id), "#client"),
    ] {
        root.open(&path);
        tab.open(&path);
        root.eval(&format!(
            "fetch('/api/' + '{}', {{ method: 'DELETE' }}).then((r) => r.status)",
            path.replace("/settings/admin/", "").replace("oidc-clients", "oidc/clients")
        ));
        tab.click(&format!("{form} [type=submit]"));
        tab.wait_for_text(&format!("{form} [role=alert]"), gone);
        tab.open(&path);
        tab.wait_for_text("h1", "not found");
    }
    assert_eq!((op.count("groups"), op.count("clients")), (0, 0));
}

#[test]
fn a_row_that_another_tab_has_deleted_says_so_in_the_question() {
    let op = TestOp::start();
    op.group("family", &[]);
    let root = Visitor::admin(&op, "root");
    let tab = root.tab();
    for page in [&root, &tab] {
        page.open("/settings/admin/user-groups");
        page.click("tbody .danger");
        page.wait_for("#ask[open]");
    }
    root.click("#ask-confirm");
    root.wait_for_text("#toasts", "Deleted family");
    tab.click("#ask-confirm");
    tab.wait_for_text("#ask [role=alert]", "This no longer exists. Reload the page.");
}
