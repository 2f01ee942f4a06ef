//! `/settings/admin/users`

use serde_json::json;

use super::visitor::Visitor;
use crate::support::op::TestOp;

const USERS: &str = "/settings/admin/users";

#[test]
fn an_administrator_adds_changes_and_deletes_a_user() {
    let op = TestOp::start();
    let root = Visitor::admin(&op, "root");
    root.open(USERS);
    root.click("a[href$='/users/new']");
    root.wait_for_path("/settings/admin/users/new");
    root.fill("[name=username]", "bob");
    root.fill("[name=email]", "bob@example.com");
    root.fill("[name=displayName]", "Bob & <i>Co</i>");
    root.click("[type=submit]");
    root.wait_for_text("h1", "Bob & <i>Co</i>");

    root.fill("[name=displayName]", "Bob");
    root.click("#field-isAdmin");
    root.save("[type=submit]");
    root.wait_for_text("h1", "Bob");
    assert_eq!(op.number("SELECT COUNT(*) FROM users WHERE is_admin"), 2);

    root.open(USERS);
    root.click("[aria-label='Delete Bob']");
    root.wait_for_text("#ask-title", "Delete Bob?");
    root.click("#ask-confirm");
    root.wait_for_text("#toasts", "Deleted Bob");
    root.wait_for_text("[data-refresh=table]", "1\u{2013}1 of 1");
    assert_eq!(op.count("users"), 1);
}

#[test]
fn what_is_wrong_with_a_user_is_said_beside_its_field() {
    let op = TestOp::start();
    let root = Visitor::admin(&op, "root");
    root.open("/settings/admin/users/new");
    root.fill("[name=username]", "ROOT");
    root.fill("[name=email]", "other@example.com");
    root.click("[type=submit]");
    root.wait_for_text("#username-error", "This is already in use.");
    root.fill("[name=username]", "bob");
    root.fill("[name=email]", "nonsense");
    root.click("[type=submit]");
    root.wait_for("#email-error:not([hidden])");
    assert_eq!(op.count("users"), 1);
}

#[test]
fn a_users_groups_and_claims_are_set() {
    let op = TestOp::start();
    let bob = op.user("bob");
    op.group("family", &[]);
    let root = Visitor::admin(&op, "root");
    root.open(&format!("{USERS}/{}?tab=groups", bob.id));
    root.click("[name=userGroupIds]");
    root.save("[type=submit]");
    assert_eq!(op.count("group_members"), 1);

    root.open(&format!("{USERS}/{}?tab=claims", bob.id));
    root.click("[data-add-row]");
    root.fill("[data-row] [name=key]", "department");
    root.fill("[data-row] [name=value]", "Mathematics");
    root.save("[type=submit]");
    assert_eq!(op.texts("SELECT value FROM user_claims"), ["Mathematics"]);
}

#[test]
fn an_administrator_signs_a_user_out() {
    let op = TestOp::start();
    let bob = Visitor::signed_in(&op, "bob");
    let root = Visitor::admin(&op, "root");
    root.open(&format!("{USERS}?search=bob"));
    let path = root.attribute("tbody a", "href").expect("the way to bob");
    root.open(&format!("{path}?tab=sessions"));
    root.confirm("[data-send$='/sessions']");
    root.wait_for_text("[data-refresh=sessions]", "Not signed in anywhere.");
    bob.open("/settings/account");
    bob.wait_for_path("/login");
}

#[test]
fn an_administrator_removes_an_issuer_that_has_named_a_user() {
    let op = TestOp::start();
    let bob = op.user("bob");
    let root = Visitor::admin(&op, "root");
    let path = format!("{USERS}/{}?tab=passkeys", bob.id);
    root.open(&path);
    assert_eq!(root.text("[data-refresh=asserted-subjects]"), "", "no issuer has named bob");
    for issuer in ["https://a.example.org", "https://b.example.org"] {
        op.assert_subject(bob.id, json!({ "issuer": issuer }), "1");
    }
    root.open(&path);
    root.wait_for_text("#asserted-subjects", "https://a.example.org/.well-known/jwks.json");
    root.click("[aria-label='Remove https://a.example.org']");
    root.wait_for_text("#ask-title", "https://a.example.org");
    root.click("#ask-confirm");
    root.wait_for_text("#toasts", "Removed");
    assert_eq!(op.texts("SELECT issuer FROM asserted_subjects"), ["https://b.example.org"]);
    root.wait_for("#main:not(:has([aria-label='Remove https://a.example.org']))");
    root.confirm("[aria-label='Remove https://b.example.org']");
    root.wait_for("#main:not(:has(#asserted-subjects))");
    assert_eq!(op.count("asserted_subjects"), 0);
}

#[test]
fn an_administrator_makes_a_login_code_that_signs_the_user_in_once() {
    let op = TestOp::start();
    let bob = op.user("bob");
    let root = Visitor::admin(&op, "root");
    root.open(&format!("{USERS}/{}", bob.id));
    root.click("[data-opens=new-code]");
    root.click("#new-code [type=submit]");
    root.wait_for("#code[open] [data-qr][src^='data:image/svg']");
    let link = root.text("#code-link");
    assert!(link.ends_with(&root.text("#code-text")), "{link}");

    let phone = Visitor::new(&op);
    phone.goto(&link);
    phone.click("#use-code");
    phone.wait_for_path("/settings/account");
    assert_eq!(phone.text("h1"), "bob");
}

#[test]
fn users_are_searched_filtered_and_sorted() {
    let op = TestOp::start();
    for name in ["ada", "bob", "carol"] {
        op.user(name);
    }
    let root = Visitor::admin(&op, "root");
    root.open(USERS);
    root.fill("#search", "bo");
    root.wait_for_text("[data-refresh=table]", "1\u{2013}1 of 1");
    assert_eq!(root.text("tbody th"), "bob");
    assert!(root.url().ends_with("?search=bo"), "{}", root.url());
    root.fill("#search", "nobody");
    root.wait_for_text("[data-refresh=table]", "Nothing matches.");
    root.open(USERS);
    root.select("#filter-isAdmin", "true");
    root.wait_for_text("[data-refresh=table]", "1\u{2013}1 of 1");
    root.open(&format!("{USERS}?sort[column]=username&sort[direction]=desc"));
    assert_eq!(root.text("tbody th"), "root");
    assert_eq!(root.attribute("th:nth-child(2)", "aria-sort").as_deref(), Some("descending"));
}

#[test]
fn pages_of_administrators_lead_others_to_their_own_account() {
    let op = TestOp::start();
    let alice = Visitor::signed_in(&op, "alice");
    alice.open(USERS);
    alice.wait_for_path("/settings/account");
    let stranger = Visitor::new(&op);
    stranger.open(&format!("{USERS}?search=x"));
    stranger.wait_for_path("/login?redirect=%2Fsettings%2Fadmin%2Fusers%3Fsearch%3Dx");
}

/// What somebody likes to see is remembered in their browser, for each table.
#[test]
fn a_browser_remembers_the_columns_and_the_number_of_rows() {
    let op = TestOp::start();
    for n in 0..24 {
        op.user(&format!("user{n:02}"));
    }
    let root = Visitor::admin(&op, "root");
    let headings = |root: &Visitor| root.text("thead tr");
    root.open(USERS);
    assert!(headings(&root).contains("Email") && !headings(&root).contains("First name"));
    root.click(".choose summary");
    root.click(".choose [value='field.email']");
    root.click(".choose [value='field.first_name']");
    root.wait_for_text("thead tr", "First name");
    assert!(!headings(&root).contains("Email"), "{}", headings(&root));
    assert!(root.exists(".choose[open]"), "the choice stays open");
    root.click("[data-remember-rows='50']");
    root.wait_for_text(".pages", "1\u{2013}25 of 25");

    root.open("/settings/admin/user-groups");
    root.open(USERS);
    root.wait_for_text(".pages", "1\u{2013}25 of 25");
    assert!(headings(&root).contains("First name") && !headings(&root).contains("Email"));
    root.open(&format!("{USERS}?pagination[limit]=20"));
    root.wait_for_text(".pages", "1\u{2013}20 of 25");

    let other = Visitor::admin(&op, "other");
    other.open(USERS);
    assert!(headings(&other).contains("Email"), "each browser for itself");
    other.plant_cookie("rows", "/settings");
    other.open(USERS);
    other.wait_for_text(".pages", "1\u{2013}20 of 26");
}

#[test]
fn an_administrator_adds_a_service_and_says_how_it_proves_itself() {
    let op = TestOp::start();
    let client = op.client();
    op.group("deployers", &[]);
    let root = Visitor::admin(&op, "root");
    root.open(USERS);
    root.click("a[href$='/services/new']");
    root.wait_for_path("/settings/admin/services/new");
    root.fill("[name=username]", "ci-deploy");
    root.fill("[name=displayName]", "Deployments");
    root.click("[name=userGroupIds]");
    root.click("[type=submit]");
    root.wait_for_text("h1", "Deployments");

    root.wait_for("[name=clientIds]");
    root.click("[name=clientIds]");
    root.click("[data-add-row]");
    root.fill("[data-row] [name=issuer]", "https://git.example.com");
    root.fill("[data-row] [name=subject]", "repo:acme/web");
    root.save("[type=submit]");
    assert_eq!(op.texts("SELECT client_id FROM service_clients"), [client.id]);
    assert_eq!(op.texts("SELECT subject FROM service_issuers"), ["repo:acme/web"]);

    // A JWK Set, which goes again when the field is emptied.
    let keys = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    root.reload();
    root.fill("#field-jwks", keys);
    root.save("[type=submit]");
    assert_eq!(op.number("SELECT COUNT(*) FROM services WHERE jwks LIKE '%Ed25519%'"), 1);
    root.fill("#field-jwks", "nonsense");
    root.click("[type=submit]");
    root.wait_for(".alert:not([hidden])");
    root.reload();
    root.fill("#field-jwks", "");
    root.save("[type=submit]");
    assert_eq!(op.number("SELECT COUNT(*) FROM services WHERE jwks IS NULL"), 1);

    root.open(&format!("{USERS}?filters[userType]=service"));
    root.wait_for_text("[data-refresh=table]", "Deployments");
    root.wait_for_text("[data-refresh=table]", "1\u{2013}1 of 1");
    let path = root.attribute("tbody a", "href").expect("the way to the service");
    root.open(&path);
    for absent in ["[data-opens=new-code]", "#field-isAdmin", "a[href*='tab=passkeys']"] {
        assert!(!root.exists(absent), "{absent}");
    }
    root.fill("[name=displayName]", "Deploys");
    root.save("[type=submit]");
    root.wait_for_text("h1", "Deploys");
}

/// A user in two groups; the membership in one of them ends.
fn temporary_member(op: &TestOp) -> String {
    let bob = op.user("bob").id;
    op.group("family", &[bob]);
    op.group("staff", &[bob]);
    op.beside("group assign family bob --until 30d").expect_success();
    format!("{USERS}/{bob}?tab=groups")
}

fn ends(op: &TestOp) -> i64 {
    op.number("SELECT COUNT(*) FROM group_members WHERE expires_at IS NOT NULL")
}

#[test]
fn the_end_of_a_membership_is_shown_changed_and_taken_away() {
    let op = TestOp::start();
    let path = temporary_member(&op);
    let root = Visitor::admin(&op, "root");
    let end = op.number("SELECT MAX(expires_at) FROM group_members");
    let value = || root.eval("document.querySelector('#field-expiresAt').value");
    let choose_staff = || {
        root.open(&path);
        root.wait_for("#end-group");
        root.eval(
            "(() => { const it = document.querySelector('#end-group'); it.selectedIndex = 1;
             it.dispatchEvent(new Event('change', { bubbles: true })); })()",
        );
    };
    root.open(&path);
    root.wait_for("#field-expiresAt:enabled");
    let shown = value();
    assert_ne!(shown, "", "the end of the group that is chosen");
    // Saving what is there changes nothing.
    root.save("#membership-end [type=submit]");
    assert_eq!(op.number("SELECT MAX(expires_at) FROM group_members"), end);
    choose_staff();
    assert_eq!(value(), "");
    root.save("#membership-end [type=submit]");
    assert_eq!(ends(&op), 1);

    // An end needs a time.
    choose_staff();
    root.click("#field-hasNoEnd");
    root.click("#membership-end [type=submit]");
    root.wait_for_text("#memberships-error", "Please fill this in.");
    assert_eq!(ends(&op), 1);
    root.eval("document.querySelector('#field-expiresAt').value = '2001-01-01T00:00'");
    root.click("#membership-end [type=submit]");
    root.wait_for_text("#memberships-error", "This time has passed.");
    root.eval("document.querySelector('#field-expiresAt').value = '2031-05-06T07:08'");
    root.save("#membership-end [type=submit]");
    assert_eq!(ends(&op), 2);

    // It is taken away by saying so.
    choose_staff();
    assert_ne!(value(), "");
    root.click("#field-hasNoEnd");
    root.save("#membership-end [type=submit]");
    assert_eq!(ends(&op), 1);
    assert_eq!(op.number("SELECT MAX(expires_at) FROM group_members"), end);
}

/// The page was opened while the user was in the group.
#[test]
fn a_page_that_is_out_of_date_begins_no_membership_again() {
    let op = TestOp::start();
    let path = temporary_member(&op);
    op.group("friends", &[]);
    let root = Visitor::admin(&op, "root");
    root.open(&path);
    op.execute("UPDATE group_members SET expires_at = 1000 WHERE expires_at IS NOT NULL");

    // Of the boxes, only the one that was ticked is sent.
    root.click(".picks label:not(:has(:checked))");
    root.save("form:not(#membership-end) [type=submit]");
    assert_eq!(op.number("SELECT COUNT(*) FROM group_members WHERE expires_at IS NULL"), 2);
    root.open(&path);
    root.wait_for("#end-group");
    op.execute("UPDATE group_members SET expires_at = 1000");

    root.click("#membership-end [type=submit]");

    root.wait_for_alert("This no longer exists. Reload the page.");
    assert_eq!(op.number("SELECT COUNT(*) FROM group_members WHERE expires_at IS NULL"), 0);
}

#[test]
fn users_who_are_added_to_a_group_again_keep_their_end() {
    let op = TestOp::start();
    temporary_member(&op);
    let root = Visitor::admin(&op, "root");
    let family = op.beside("group show family -o json").ok();
    let family: serde_json::Value = serde_json::from_str(&family).unwrap();
    root.open(&format!("/settings/admin/user-groups/{}?tab=users", family["id"].as_str().unwrap()));
    root.click("[data-opens=add-users]");
    root.fill("#find-users", "o");
    root.wait_for("[data-found] label:nth-of-type(2)");
    root.eval("document.querySelectorAll('[data-found] input').forEach((box) => box.click())");
    root.save("#add-users [type=submit]");
    assert_eq!((ends(&op), op.count("group_members")), (1, 3));

    // Removing another member keeps it, too.
    root.confirm("tr:has(td.row-actions):last-of-type [data-without]");
    root.wait_for_text(".pages", "1\u{2013}1 of 1");
    assert_eq!(op.count("group_members"), 2);
}
