//! The looks that an administrator chose, however they chose

use pocketid::model::ConfigKey;

use super::{administration::Subjects, axe, tour::AUDIT, visitor::Visitor};
use crate::support::{op::TestOp, wait_until};

/// Stripes of black and white, which nothing can be read on.
const STRIPES: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'>\
    <path fill='#000' d='M0 0h8v4H0z'/><path fill='#fff' d='M0 4h8v4H0z'/></svg>";

fn set_accent(op: &TestOp, color: &str) {
    op.beside(&format!("config set accentColor {color}")).expect_success();
    let key = ConfigKey::parse("accentColor").expect("a key");
    wait_until(|| op.config().text(key) == color);
}

/// The unreadable texts of the page, in a light and in a dark scheme.
fn unreadable(visitor: &Visitor, color: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for is_dark in [false, true] {
        visitor.set_dark(is_dark);
        let mut found: Vec<String> =
            serde_json::from_value(visitor.eval(AUDIT)).expect("sentences");
        found.extend(axe::judge_colours(visitor).violations);
        let path = visitor.eval("location.pathname");
        faults.extend(found.iter().map(|fault| format!("{color}, {path}, {is_dark}: {fault}")));
    }
    faults
}

/// WCAG 2.2 §1.4.3 and §1.4.11: yellow, nearly white, nearly black, and a grey in the middle.
#[test]
fn all_can_be_read_whatever_accent_colour_was_chosen() {
    let op = TestOp::start();
    let root = Visitor::admin(&op, "root");
    let stranger = Visitor::new(&op);
    let subjects = Subjects::new(&op);
    let mut faults = Vec::new();
    for color in ["#ffff00", "#fefefe", "#010101", "#808080", "#ff0000"] {
        set_accent(&op, color);
        for path in ["/login", "/login/alternative", "/lc"] {
            stranger.open(path);
            faults.extend(unreadable(&stranger, color));
        }
        for path in [
            "/settings/account",
            "/settings/admin/users",
            "{user}",
            "{user}?tab=groups",
            "{client}?tab=credentials",
            "/settings/admin/health",
        ] {
            root.open(&subjects.path(path));
            if path.ends_with("/health") {
                root.wait_for("#findings [data-status]");
            }
            faults.extend(unreadable(&root, color));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

/// The picture is around the card. Texts beside the card have a background of their own.
#[test]
fn all_can_be_read_before_any_background_picture() {
    let op = TestOp::start();
    let root = Visitor::admin(&op, "root");
    let stranger = Visitor::new(&op);
    let picture = "getComputedStyle(document.documentElement).backgroundImage";
    stranger.open("/login");
    assert_eq!(stranger.eval(picture), "none");

    root.open("/settings/admin/application-configuration?tab=images");
    root.choose_file("#file-background", "stripes.svg", STRIPES);
    root.save("form[data-send$='/background'] [type=submit]");

    stranger.open("/login");
    let shown = stranger.eval(picture);
    let shown = shown.as_str().expect("an address");
    assert!(shown.contains("/api/application-images/background"), "{shown}");
    assert_eq!(unreadable(&stranger, "stripes"), Vec::<String>::new());
    // Every text has a ground of its own before the picture comes.
    let bare = stranger.eval(
        "[...document.querySelectorAll('body *')]
            .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
            .filter((e) => !e.closest('.card, .brand')).map((e) => e.outerHTML)",
    );
    assert_eq!(bare, serde_json::json!([]));
    let grounds = stranger.eval(
        "['.card', '.brand'].map((css) => getComputedStyle(document.querySelector(css)).backgroundColor)",
    );
    assert_eq!(grounds[0], grounds[1], "the ground of a panel");
    // On a phone the card is the page, and the administration has no picture.
    stranger.set_viewport(390, 844, true);
    assert_eq!(stranger.eval(picture), "none");
    root.open("/settings/admin/users");
    assert_eq!(root.eval(picture), "none");
}
