//! `/settings/admin/ssh/users`: whom administrators confirm for SSH.

use super::visitor::Visitor;
use crate::support::op::TestOp;

const PATH: &str = "/settings/admin/ssh/users";

fn with_waiting_user() -> (TestOp, Visitor) {
    let op = TestOp::start();
    let alice = op.user("alice").id;
    op.group("staff", &[alice]);
    op.beside("ssh enable").expect_success();
    op.beside("ssh account create {username} --group staff").expect_success();
    let root = Visitor::admin(&op, "root");
    (op, root)
}

#[test]
fn an_administrator_confirms_a_user_with_a_passkey_and_takes_it_back() {
    let (op, root) = with_waiting_user();
    root.open("/settings/admin/ssh");
    root.click(&format!("nav a[href='{PATH}']"));
    root.wait_for_text("[data-refresh=table]", "Name to confirm");
    op.advance(400);

    root.click("[aria-label='Confirm alice']");
    root.wait_for_text("#ask-title", "Confirm alice?");
    root.click("#ask-confirm");
    root.wait_for_text("[data-refresh=table]", "Confirmed");
    let fresh = "SELECT COUNT(*) FROM sessions WHERE authenticated_at > created_at";
    assert_eq!(op.number(fresh), 1, "the passkey was used");
    assert_eq!(op.texts("SELECT username FROM ssh_users WHERE username = 'alice'"), ["alice"]);
    assert!(!root.exists("[aria-label='Confirm alice']"));

    root.confirm("[aria-label='Take certificates away from alice']");
    root.wait_for_text("[data-refresh=table]", "No certificates");
    assert_eq!(op.count("ssh_users WHERE withdrawn_at IS NOT NULL"), 1);
    root.open(&format!("{PATH}?filters[state]=withdrawn"));
    root.wait_for_text("[data-refresh=table]", "alice");
}

/// She could have taken the name of an account since the page was shown.
#[test]
fn a_user_who_has_another_name_by_now_is_not_confirmed() {
    let (op, root) = with_waiting_user();
    root.open(PATH);
    root.wait_for_text("[data-refresh=table]", "Name to confirm");
    op.execute("UPDATE users SET username = 'deployer', username_folded = 'deployer' WHERE username = 'alice'");
    root.click("[aria-label='Confirm alice']");
    root.click("#ask-confirm");
    root.wait_for_alert("another username");
    assert_eq!(op.count("ssh_users WHERE username IS NOT NULL AND username <> 'root'"), 0);
}
