//! The pages without a mouse

use super::{application::Application, visitor::Visitor};
use crate::support::op::TestOp;

#[test]
fn keys_alone_sign_in_to_an_application() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::with_passkey(&op, "alice");
    application.send(&visitor, &[]);

    visitor.tab_to("continue");
    visitor.press("Enter");
    visitor.wait_for("[data-step=consent]");
    visitor.tab_to("continue");
    visitor.press(" ");

    assert!(application.answer(&visitor).contains_key("code"));
}

#[test]
fn keys_alone_refuse_an_application() {
    let op = TestOp::start();
    let application = Application::start(&op);
    let visitor = Visitor::signed_in(&op, "alice");
    application.send(&visitor, &[]);
    visitor.wait_for("[data-step=consent]");

    visitor.tab_to("deny");
    visitor.press("Enter");

    assert_eq!(application.answer(&visitor)["error"], "access_denied");
}

#[test]
fn keys_alone_set_up_an_installation() {
    let op = TestOp::start();
    let visitor = Visitor::new(&op);
    visitor.open("/setup");

    visitor.tab_to("field-username");
    for letter in "alice".chars() {
        visitor.press(&letter.to_string());
    }
    visitor.tab_to("field-email");
    for letter in "a@b.co".chars() {
        visitor.press(&letter.to_string());
    }
    visitor.press("Enter");
    visitor.wait_for("#create-passkey");
    visitor.tab_to("create-passkey");
    visitor.press("Enter");

    visitor.wait_for_path("/settings/admin/oidc-clients/new");
}

#[test]
fn keys_alone_keep_a_passkey_and_remove_it() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.click(".remove");
    visitor.wait_for("#remove-dialog[open]");
    // The safe answer comes first.
    visitor.wait_for_focus("#remove-cancel");

    visitor.press("Enter");
    visitor.wait_for_focus(".remove");
    visitor.press("Enter");
    visitor.tab_to("remove-confirm");
    visitor.press("Enter");

    visitor.wait_for("#no-passkey");
    visitor.wait_for_focus("#passkeys-title");
}

/// WCAG 2.2 §2.4.7: the focus is visible to users of the keyboard.
#[test]
fn the_focus_is_visible_wherever_it_comes() {
    let op = TestOp::start();
    let visitor = Visitor::signed_in(&op, "alice");
    visitor.wait_for("[data-session]");
    visitor.eval("document.activeElement.blur()");

    let mut places = Vec::new();
    for _ in 0..20 {
        visitor.press("Tab");
        places.push(visitor.eval(
            "(({ id, className, textContent }, style) =>
                [id || className || textContent.trim(), style.outlineStyle, style.outlineWidth])
             (document.activeElement, getComputedStyle(document.activeElement))",
        ));
    }

    assert!(places.iter().all(|place| place[1] == "solid" && place[2] == "2px"), "{places:#?}");
    let order: Vec<_> = places.iter().filter_map(|place| place[0].as_str()).collect();
    assert_eq!(
        order,
        [
            "skip",
            "scheme",
            "sign-out",
            "My account",
            "My applications",
            "My audit log",
            "quiet rename",
            "quiet danger remove",
            "add-passkey",
            "field-username",
            "field-displayName",
            "field-firstName",
            "field-lastName",
            "field-email",
            "locale",
            "account-save",
            "file-picture",
            "Upload",
            "quiet danger",
            "quiet danger revoke",
        ]
    );
}
