//! The whole tutorial, by a user with nothing but a browser.

use super::{application::Application, visitor::Visitor};
use crate::support::op::TestOp;

/// A logo.
const LOGO: &[u8] =
    b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><path d='M0 0h8v8H0z'/></svg>";

#[test]
fn somebody_with_only_a_browser_can_do_the_whole_tutorial() {
    let op = TestOp::start();
    let alice = Visitor::new(&op);

    // Set up, which leads to the first application.
    alice.open("/");
    alice.wait_for_path("/setup");
    alice.fill("[name=username]", "alice");
    alice.fill("[name=displayName]", "Alice Liddell");
    alice.fill("[name=email]", "alice@example.com");
    alice.click("#setup-submit");
    alice.wait_for("#create-passkey");
    alice.click("#create-passkey");
    alice.wait_for_path("/settings/admin/oidc-clients/new");

    // A second passkey's place, a group, and a user in it.
    alice.open("/settings/account");
    alice.wait_for("#one-passkey");
    alice.open("/settings/admin/user-groups/new");
    alice.fill("[name=friendlyName]", "Family");
    alice.fill("[name=name]", "family");
    alice.click("#group [type=submit]");
    alice.wait_for_text("h1", "Family");
    let group = alice.path();
    alice.open("/settings/admin/users/new");
    alice.fill("[name=username]", "bob");
    alice.fill("[name=email]", "bob@example.com");
    alice.click("#user [type=submit]");
    alice.wait_for_text("h1", "bob");
    alice.open(&format!("{}?tab=groups", alice.path()));
    alice.click("[name=userGroupIds]");
    alice.save("main [type=submit]");
    alice.open(&format!("{group}?tab=users"));
    alice.wait_for_text("tbody", "bob");

    // The client, by hand, with an empty callback; then its logo and its secret.
    alice.open("/settings/admin/oidc-clients/new");
    alice.fill("#client [name=name]", "Linkding");
    alice.click("#client [type=submit]");
    alice.wait_for_text("#secrets, .nothing", "No client secrets yet.");
    let client = alice.path();
    alice.open(&client);
    alice.choose_file("#file-logo-light", "logo.svg", LOGO);
    alice.click("form[data-send$='light=true'] [type=submit]");
    alice.wait_for("[data-refresh=logo-light] img");
    alice.open(&format!("{client}?tab=credentials"));
    alice.click("[data-opens=new-secret]");
    alice.click("#new-secret [type=submit]");
    alice.wait_for("#secret[open]");
    let secret = alice.text("#secret-text");
    alice.click("#secret [data-close]");
    let id = client.rsplit('/').next().expect("an id").to_owned();

    // Signing in to it: the first sign-in sets the callback.
    let application = Application::registered(&id, &secret);
    application.send(&alice, &[]);
    alice.wait_for_text("h1", "Linkding");
    alice.click("[data-step=consent] #continue");
    let code = application.answer(&alice)["code"].clone();
    op.redeem(&application.client, &code).ok();

    // It is in the audit log, and its access is taken back.
    alice.open("/settings/admin/audit-log");
    alice.wait_for_text("tbody", "Application allowed");
    alice.open("/settings/apps");
    alice.wait_for_text(".app strong", "Linkding");
    alice.confirm("[data-send^='DELETE /api/oidc/users/me']");
    alice.wait_for_text("#toasts", "Linkding no longer has access");
    assert_eq!(op.count("consents"), 0);
}
