//! The administration without a mouse, from the set-up of each object to its end

use super::{keys::Keys, visitor::Visitor};
use crate::support::op::TestOp;

#[test]
fn keys_alone_do_all_of_the_administration() {
    let op = TestOp::with_settings(&[
        ("DISABLE_RATE_LIMITING", "true"),
        ("UI_CONFIG_DISABLED", "true"),
        ("ALLOW_USER_SIGNUPS", "withToken"),
    ]);
    let (alice, bob) = (Visitor::new(&op), Visitor::new(&op));
    set_up(&Keys::of(&alice));
    let client = add_application(&Keys::of(&alice));
    let link = invite(&Keys::of(&alice));
    accept(&Keys::of(&bob), &link);
    add_group(&Keys::of(&alice));
    assert_eq!(op.count("group_members"), 1);
    restrict(&Keys::of(&alice), &client);
    assert_eq!(op.count("client_groups"), 1);
    end_session(&Keys::of(&alice));
    bob.open("/settings/account");
    bob.wait_for_path("/login");
    delete_all(&Keys::of(&alice), &client);
    let left = ["users", "groups", "clients", "signup_tokens"].map(|table| op.count(table));
    assert_eq!(left, [1, 0, 0, 0]);
}

fn set_up(alice: &Keys) {
    alice.visitor.open("/setup");
    alice.fill("#field-username", "alice");
    alice.fill("#field-email", "alice@example.com");
    alice.press("Enter");
    alice.visitor.wait_for("#create-passkey");
    alice.expect_focus("h1");
    alice.use_on("#create-passkey", "Enter");
    alice.visitor.wait_for_path("/settings/admin/oidc-clients/new");
}

/// By recipe; answers the path of its page.
fn add_application(alice: &Keys) -> String {
    alice.expect_focus("#find-recipe");
    alice.write("linkd");
    alice.press("Enter");
    alice.visitor.wait_for_path("/settings/admin/oidc-clients/new/linkding");
    alice.fill("#field-url", "https://links.example.com");
    alice.press("Enter");
    alice.visitor.wait_for("#pasted[open]");
    alice.expect_focus("#pasted *");
    alice.use_on("[data-copy=pasted-secret]", " ");
    alice.visitor.wait_for_text("[data-copy=pasted-secret]", "Copied");
    alice.use_on("#pasted [data-close]", "Enter");
    // The page before has the same heading.
    alice.visitor.wait_for_url_where(|url| !url.contains("/new"));
    alice.visitor.wait_for_text("h1", "Linkding");
    alice.visitor.eval("location.pathname").as_str().expect("a path").to_owned()
}

/// Answers the link of the invitation.
fn invite(alice: &Keys) -> String {
    alice.follow("/settings/admin/users");
    alice.follow("/settings/admin/signup-tokens");
    alice.use_on("[data-opens=invite]", "Enter");
    alice.visitor.wait_for("#invite[open]");
    alice.press("Escape");
    alice.expect_focus("[data-opens=invite]");
    alice.press(" ");
    alice.go_to("#field-ttl");
    alice.press("ArrowDown");
    alice.use_on("#invite [type=submit]", " ");
    alice.visitor.wait_for("#invitation[open]");
    alice.expect_focus("#invitation *");
    let link = alice.visitor.text("#invitation-link");
    alice.use_on("#invitation [data-close]", "Enter");
    alice.visitor.wait_for("tbody .danger");
    alice.expect_focus("[data-opens=invite]");
    link
}

fn accept(bob: &Keys, link: &str) {
    bob.visitor.goto(link);
    bob.visitor.wait_for_path("/signup?token=");
    bob.fill("#field-username", "bob");
    bob.fill("#field-email", "bob@example.com");
    bob.press("Enter");
    bob.visitor.wait_for("#create-passkey");
    bob.use_on("#create-passkey", " ");
    bob.visitor.wait_for_path("/settings/account");
}

/// A group with bob in it.
fn add_group(alice: &Keys) {
    alice.follow("/settings/admin/user-groups");
    alice.follow("/settings/admin/user-groups/new");
    alice.fill("#field-friendlyName", "Family");
    alice.fill("#field-name", "family");
    alice.press("Enter");
    alice.visitor.wait_for_text("h1", "Family");
    alice.use_on(".tabs [href$='tab=users']", "Enter");
    alice.visitor.wait_for("[data-opens=add-users]");
    alice.expect_focus(".tabs [aria-current]");
    alice.use_on("[data-opens=add-users]", "Enter");
    alice.visitor.wait_for("#add-users[open]");
    alice.expect_focus("#find-users");
    alice.write("bo");
    alice.visitor.wait_for("#add-users [name=userIds]");
    alice.press("Enter");
    alice.expect_focus("#find-users");
    alice.use_on("#add-users [name=userIds]", " ");
    alice.press("Enter");
    alice.visitor.wait_for_text("tbody", "bob");
    alice.expect_focus("[data-opens=add-users]");
}

fn restrict(alice: &Keys, client: &str) {
    alice.follow("/settings/admin/oidc-clients");
    alice.follow(client);
    alice.use_on(".tabs [href$='tab=groups']", "Enter");
    alice.use_on("[data-send][data-body*=true]", "Enter");
    alice.visitor.wait_for("[name=userGroupIds]");
    alice.use_on("[name=userGroupIds]", " ");
    alice.use_on("main [type=submit]", "Enter");
    alice.visitor.wait_for_text("#toasts", "Saved");
    alice.expect_focus("main [type=submit]");
}

fn end_session(alice: &Keys) {
    alice.follow("/settings/admin/users");
    alice.fill("#search", "bob");
    alice.visitor.wait_for_text("[data-refresh=table]", "1\u{2013}1 of 1");
    alice.expect_focus("#search");
    alice.use_on("tbody a", "Enter");
    alice.visitor.wait_for_text("h1", "bob");
    alice.use_on(".tabs [href$='tab=sessions']", "Enter");
    alice.visitor.wait_for(".rows [data-send]");
    alice.expect_focus(".tabs [aria-current]");
    alice.ask(".rows [data-send]");
    alice.visitor.wait_for_text("[data-refresh=sessions]", "Not signed in anywhere.");
    alice.expect_focus("main");
}

fn delete_all(alice: &Keys, client: &str) {
    alice.follow("/settings/admin/user-groups");
    alice.ask("tbody .danger");
    alice.visitor.wait_for_text("[data-refresh=table]", "No groups yet.");
    alice.expect_focus("main");
    alice.follow("/settings/admin/users");
    alice.ask("[aria-label='Delete bob']");
    alice.visitor.wait_for_text("[data-refresh=table]", "1\u{2013}1 of 1");
    alice.expect_focus("main *");
    alice.follow("/settings/admin/signup-tokens");
    alice.ask("tbody .danger");
    alice.visitor.wait_for_text("#toasts", "Deleted");
    alice.expect_focus("main");
    alice.follow("/settings/admin/oidc-clients");
    alice.follow(client);
    alice.ask(".danger-zone .danger");
    alice.visitor.wait_for_text("[data-refresh=table]", "No applications yet.");
}
