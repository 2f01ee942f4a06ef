//! Rules for every page: it can be read, reached and understood

use super::{
    administration::{PAGES, Subjects},
    axe,
    tour::{Seen, in_chinese, in_english},
    visitor::Visitor,
};
use crate::support::{op::TestOp, wait_until};

/// How many buttons can be seen.
const SHOWN_BUTTONS: &str =
    "[...document.querySelectorAll('button')].filter((b) => b.checkVisibility()).length";

/// Contrast (§1.4.3, §1.4.11), reflow (§1.4.10), titles (§2.4.2), headings (§2.4.6), size of targets
/// (§2.5.5), language (§3.1.1), labels (§3.3.2) and names (§4.1.2) of WCAG 2.2.
#[test]
fn every_page_can_be_read_and_used_on_a_phone_and_on_a_desk() {
    let of_page = |seen: &Seen| {
        seen.faults.iter().map(|fault| format!("{}: {fault}", seen.page)).collect::<Vec<_>>()
    };
    let faults: Vec<String> = in_english().iter().chain(in_chinese()).flat_map(of_page).collect();
    assert_eq!(faults, Vec::<String>::new());
}

/// Rules of others beside ours: those of axe for WCAG 2.2 A and AA, and its best practices.
#[test]
fn axe_finds_nothing_to_object_to_on_any_page() {
    let pages = in_english();
    let of_page = |seen: &Seen| {
        seen.violations.iter().map(|fault| format!("{}: {fault}", seen.page)).collect::<Vec<_>>()
    };
    let violations: Vec<String> = pages.iter().flat_map(of_page).collect();
    assert_eq!(violations, Vec::<String>::new());
    assert!(pages.iter().all(|seen| seen.rules > 90), "axe tried its rules");
}

#[test]
fn axe_objects_to_a_field_without_a_label_and_to_a_pale_text() {
    let op = TestOp::start();
    let visitor = Visitor::new(&op);
    visitor.open("/setup");
    visitor.eval("document.querySelector('label').remove()");
    visitor.eval("document.querySelector('h1').style.color = '#ccc'");
    let found = axe::judge(&visitor).violations;
    for rule in ["label", "color-contrast"] {
        assert!(found.iter().any(|violation| violation.starts_with(rule)), "{found:#?}");
    }
    assert!(axe::judge_colours(&visitor).violations.iter().any(|v| v.contains("h1")));
}

/// WCAG 2.2 §1.4.10: zooming to 400 % leaves a window of 320 pixels.
#[test]
fn no_page_is_wider_than_the_narrowest_window() {
    for seen in in_english().iter().chain(in_chinese()) {
        assert_eq!(seen.narrow_width, 320, "{}", seen.page);
    }
}

#[test]
fn without_scripts_every_page_says_that_it_needs_them() {
    let op = TestOp::start();
    let code = op.one_time_code(op.user("bob").id, 600);
    let asked = op.device_authorization(&op.client(), "openid");
    let visitor = Visitor::signed_in(&op, "alice");
    let stranger = Visitor::new(&op);
    visitor.disable_scripts();
    stranger.disable_scripts();

    for (visitor, path) in [
        (&stranger, "/login".to_owned()),
        (&stranger, format!("/lc/{code}")),
        (&stranger, op.client().authorize_path(&[])),
        (&visitor, op.client().authorize_path(&[])),
        (&visitor, "/settings/account".to_owned()),
        (&visitor, "/logout".to_owned()),
        (&visitor, "/device".to_owned()),
        (&visitor, format!("/device?user_code={}", asked.user_code)),
    ] {
        visitor.open(&path);
        visitor.wait_for_text("noscript", "This page needs JavaScript.");
        assert_eq!(visitor.eval(SHOWN_BUTTONS), 0, "{path}");
    }
    let root = Visitor::admin(&op, "root");
    let subjects = Subjects::new(&op);
    root.disable_scripts();
    for (_, path) in PAGES {
        root.open(&subjects.path(path));
        root.wait_for_text("noscript", "This page needs JavaScript.");
        assert_eq!(root.eval(SHOWN_BUTTONS), 0, "{path}");
    }
    op.beside("config set allowUserSignups open").expect_success();
    let key = pocketid::model::ConfigKey::parse("allowUserSignups").unwrap();
    wait_until(|| op.config().text(key) == "open");
    stranger.open("/signup");
    stranger.wait_for_text("noscript", "This page needs JavaScript.");
    let empty = TestOp::start();
    stranger.goto(&format!("{}/setup", empty.base_url()));
    stranger.wait_for_text("noscript", "This page needs JavaScript.");
    // Before the server of its last page, which the page still fetches its icon from.
    drop(stranger);
}
