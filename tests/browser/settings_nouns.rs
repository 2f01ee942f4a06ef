//! Groups, invitations, APIs and API keys, in the settings.

use super::visitor::Visitor;
use crate::support::op::TestOp;

#[test]
fn a_group_is_added_named_filled_and_deleted() {
    let op = TestOp::start();
    op.user("bob");
    let root = Visitor::admin(&op, "root");
    root.open("/settings/admin/user-groups/new");
    root.fill("[name=friendlyName]", "Family");
    root.fill("[name=name]", "family");
    root.click("#group [type=submit]");
    root.wait_for_text("h1", "Family");
    root.fill("[name=friendlyName]", "All of us");
    root.save("#group [type=submit]");
    root.wait_for_text("h1", "All of us");
    assert_eq!(op.texts("SELECT name FROM groups"), ["family"], "applications know it by that");
    let path = root.path();

    root.open(&format!("{path}?tab=users"));
    root.click("[data-opens=add-users]");
    root.fill("#find-users", "bob");
    root.click("#add-users [name=userIds]");
    root.click("#add-users [type=submit]");
    root.wait_for_text("[data-refresh=table]", "bob");
    root.click("[data-without]");
    root.wait_for_text("#ask-title", "Remove bob from the group?");
    root.click("#ask-confirm");
    root.wait_for_text("[data-refresh=table]", "No members yet.");
    assert_eq!(op.count("group_members"), 0);

    root.open(&format!("{path}?tab=claims"));
    root.click("[data-add-row]");
    root.fill("[data-row] [name=key]", "quota");
    root.fill("[data-row] [name=value]", "10");
    root.save("[type=submit]");
    assert_eq!(op.texts("SELECT value FROM group_claims"), ["10"]);

    root.open("/settings/admin/user-groups");
    root.confirm("[aria-label='Delete All of us']");
    root.wait_for_text(".nothing", "No groups yet.");
}

#[test]
fn a_webhook_shows_its_secret_once_is_changed_and_deleted() {
    let op = TestOp::start();
    let root = Visitor::admin(&op, "root");
    root.open("/settings/admin/webhooks/new");
    root.fill("[name=name]", "alerts");
    root.fill("[name=url]", "https://alerts.example.com/hook");
    root.click("#webhook [type=submit]");
    root.wait_for_text("#secret-text", "whsec_");
    root.click("#secret [data-close]");
    root.wait_for_text("h1", "alerts");
    root.fill("[name=url]", "https://other.example.com/hook");
    root.save("#webhook [type=submit]");
    let stored = op.texts("SELECT name || ' ' || url FROM webhooks");
    assert_eq!(stored, ["alerts https://other.example.com/hook"]);

    root.open("/settings/admin/webhooks");
    root.confirm("[aria-label='Delete alerts']");
    root.wait_for_text(".nothing", "No webhooks yet.");
}

#[test]
fn a_group_is_allowed_to_use_an_application() {
    let op = TestOp::start();
    let group = op.group("family", &[]);
    op.client_with("https://a.example.com/cb", |client| client.is_group_restricted = true);
    let root = Visitor::admin(&op, "root");
    root.open(&format!("/settings/admin/user-groups/{group}?tab=clients"));
    root.click("[name=oidcClientIds]");
    root.save("[type=submit]");
    assert_eq!(op.count("client_groups"), 1);
}

#[test]
fn an_invitation_is_a_link_and_a_code_to_scan_until_it_is_deleted() {
    let op = TestOp::start();
    op.beside("config set allowUserSignups withToken").expect_success();
    op.group("family", &[]);
    let root = Visitor::admin(&op, "root");
    root.open("/settings/admin/signup-tokens");
    root.click("[data-opens=invite]");
    root.fill("[name=usageLimit]", "0");
    root.click("#invite [type=submit]");
    root.wait_for("#usageLimit-error:not([hidden])");
    root.fill("[name=usageLimit]", "3");
    root.click("#invite [name=userGroupIds]");
    root.click("#invite [type=submit]");
    root.wait_for("#invitation[open] [data-qr][src^='data:image/svg']");
    let link = root.text("#invitation-link");
    assert!(link.starts_with(&format!("{}/st/", op.base_url())), "{link}");
    root.click("#invitation [data-close]");
    root.wait_for_text("[data-refresh=table]", "family");

    let guest = Visitor::new(&op);
    guest.goto(&link);
    guest.wait_for("[name=username]");
    root.confirm("[data-send^='DELETE /api/signup-tokens/']");
    root.wait_for_text(".nothing", "");
    assert_eq!(op.count("signup_tokens"), 0);
}

#[test]
fn an_api_is_added_with_permissions_and_deleted() {
    let op = TestOp::start();
    let client = op.client();
    let root = Visitor::admin(&op, "root");
    root.open("/settings/admin/apis/new");
    root.fill("[name=name]", "Orders");
    root.fill("[name=resource]", "https://orders.example.com");
    root.click("[type=submit]");
    root.wait_for_path("/settings/admin/apis/");
    root.click("[data-add-row=permissions]");
    root.fill("[data-row] [name=key]", "orders:read");
    root.fill("[data-row] [name=name]", "Read orders");
    root.save("[type=submit]");
    assert_eq!(op.texts("SELECT key FROM api_permissions"), ["orders:read"]);

    let line =
        format!("api grant https://orders.example.com {} --permission orders:read", client.id);
    op.beside(&format!("{line} --for user")).expect_success();
    let path = root.path();
    root.open(&path);
    root.save("[type=submit]");
    assert_eq!(op.texts("SELECT name FROM apis"), ["Orders"]);
    root.open(&format!("{path}?tab=clients"));
    root.wait_for_text("[data-refresh=table]", client.id.as_str());
    root.open(&format!("{path}?tab=metadata"));
    root.click("#field-enabled");
    root.save("[type=submit]");
    root.open("/settings/admin/apis");
    root.confirm("[aria-label='Delete Orders']");
    root.wait_for_text("#toasts", "Deleted Orders");
    assert_eq!(op.count("apis"), 0);
}

#[test]
fn a_key_of_the_api_is_shown_once_renewed_and_deleted() {
    let op = TestOp::start();
    let root = Visitor::admin(&op, "root");
    root.open("/settings/admin/api-keys");
    root.click("[data-opens=new-key]");
    root.fill("#new-key [name=name]", "ab");
    root.click("#new-key [type=submit]");
    root.wait_for("#name-error:not([hidden])");
    root.fill("#new-key [name=name]", "backup");
    root.click("#new-key [type=submit]");
    root.wait_for("#key[open]");
    let token = root.text("#token");
    op.agent().with_header("x-api-key", &token).get("/api/users/me").ok();
    root.click("#key [data-close]");
    root.wait_for_text("[data-refresh=table]", "backup");

    op.execute("UPDATE api_keys SET expires_at = created_at");
    root.open("/settings/admin/api-keys");
    root.wait_for_text("[data-refresh=table]", "Expired");
    root.click("[data-send$='/renew']");
    root.wait_for("#key[open]");
    assert_ne!(root.text("#token"), token);
    assert_eq!(op.agent().with_header("x-api-key", &token).get("/api/users/me").status, 401);
    root.click("#key [data-close]");
    root.confirm("[data-send^='DELETE /api/api-keys/']");
    root.wait_for_text(".nothing", "");
    assert_eq!(op.count("api_keys"), 0);
}

#[test]
fn a_scim_token_is_shown_once_rotated_and_deleted() {
    let op = TestOp::start();
    let root = Visitor::admin(&op, "root");
    let status = |token: &str| {
        let mut program = op.agent().with_header("authorization", &format!("Bearer {token}"));
        program.get("/scim/v2/Users").status
    };
    root.open("/settings/admin/scim-tokens");
    root.click("[data-opens=new-token]");
    root.fill("#new-token [name=name]", "okta");
    root.click("#new-token [type=submit]");
    root.wait_for("#token[open]");
    let token = root.text("#value");
    assert_eq!(status(&token), 200);
    assert_eq!(root.text("#endpoint"), format!("{}/scim/v2", op.base_url()));
    root.click("#token [data-close]");
    root.wait_for_text("[data-refresh=table]", "okta");

    root.open("/settings/admin/scim-tokens");
    root.confirm("[data-send$='/rotate']");
    root.wait_for("#token[open]");
    assert_eq!((status(&token), status(&root.text("#value"))), (401, 200));
    root.click("#token [data-close]");
    root.confirm("[data-send^='DELETE /api/scim/tokens/']");
    root.wait_for_text(".nothing", "");
    assert_eq!(op.count("scim_tokens"), 0);
}
