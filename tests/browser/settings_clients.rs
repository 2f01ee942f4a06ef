//! `/settings/admin/oidc-clients`

use super::visitor::Visitor;
use crate::support::op::TestOp;

const CLIENTS: &str = "/settings/admin/oidc-clients";
/// One pixel.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\rIDATx\xdac\xfc\xcf\xc0P\x0f\0\x04\x85\x01\x80\x84\xa9\x8c!\0\0\0\0IEND\xaeB`\x82";

/// An administrator, and the page of a client.
fn at_client(op: &TestOp, tab: &str) -> Visitor {
    let client = op.client_with("https://links.example.com/callback", |client| {
        client.name = "Linkding".parse().unwrap();
    });
    let root = Visitor::admin(op, "root");
    root.open(&format!("{CLIENTS}/{}?tab={tab}", client.id));
    root
}

#[test]
fn an_application_without_a_recipe_is_added_changed_and_deleted() {
    let op = TestOp::start();
    let root = Visitor::admin(&op, "root");
    root.open(&format!("{CLIENTS}/new"));
    root.fill("#client [name=name]", "Wiki");
    root.fill("#client [name=callbackURLs]", "https://wiki.example.com/callback");
    root.fill("#client [name=id]", "wiki");
    root.click("#client [type=submit]");
    root.wait_for_path(&format!("{CLIENTS}/wiki?tab=credentials"));
    root.wait_for_text(".nothing", "No client secrets yet.");

    root.open(&format!("{CLIENTS}/wiki"));
    root.fill("#client [name=launchURL]", "nonsense");
    root.click("#client [type=submit]");
    root.wait_for("#launchURL-error:not([hidden])");
    root.fill("#client [name=launchURL]", "https://wiki.example.com");
    root.click("#field-pkceEnabled");
    root.save("#client [type=submit]");
    assert_eq!(op.texts("SELECT launch_url FROM clients"), ["https://wiki.example.com"]);
    assert_eq!(op.number("SELECT COUNT(*) FROM clients WHERE requires_pkce = 1"), 1);

    root.open(&format!("{CLIENTS}/wiki"));
    // An empty field is no longest session age.
    let unfold = || {
        root.eval(
            "document.querySelector('#field-maxSessionAgeMinutes').closest('details').open = true",
        )
    };
    unfold();
    root.fill("#client [name=maxSessionAgeMinutes]", "4");
    root.eval(
        "document.querySelector('#field-maxSessionAgeMinutes').closest('details').open = false",
    );
    // The button moves when the part above it is folded, so that a click at its place could miss it.
    root.eval("document.querySelector('#client [type=submit]').click()");
    root.wait_for("#maxSessionAgeMinutes-error:not([hidden])");
    root.fill("#client [name=maxSessionAgeMinutes]", "480");
    root.save("#client [type=submit]");
    assert_eq!(op.number("SELECT max_session_age_seconds FROM clients"), 28_800);
    root.open(&format!("{CLIENTS}/wiki"));
    unfold();
    root.fill("#client [name=maxSessionAgeMinutes]", "");
    root.save("#client [type=submit]");
    let ageless = "SELECT COUNT(*) FROM clients WHERE max_session_age_seconds IS NULL";
    assert_eq!(op.number(ageless), 1);

    root.click(".danger-zone [data-send^=DELETE]");
    root.wait_for_text("#ask-title", "Delete Wiki?");
    root.click("#ask button:not(#ask-confirm)");
    assert_eq!(op.count("clients"), 1, "who does not answer yes keeps it");
    root.confirm(".danger-zone [data-send^=DELETE]");
    root.wait_for_text("#toasts", "Deleted Wiki");
    root.wait_for_text(".nothing", "No applications yet. Add your first one.");
}

#[test]
fn a_secret_is_shown_once_and_deleted() {
    let op = TestOp::start();
    let root = at_client(&op, "credentials");
    root.click("[data-opens=new-secret]");
    root.select("#field-expiresAt", "90");
    root.click("#new-secret [type=submit]");
    root.wait_for("#secret[open]");
    let secret = root.text("#secret-text");
    assert!(secret.len() >= 32, "{secret}");
    root.click("#secret [data-close]");
    root.wait_for_text("[data-refresh=secrets]", &secret[..4]);
    let page = root.eval("document.documentElement.outerHTML").to_string();
    assert!(!page.contains(&secret), "it is gone from the page");
    root.reload();
    assert!(!root.text("body").contains(&secret), "it is shown once");

    let count = op.count("client_secrets");
    root.confirm(&format!("[aria-label^='Delete {}']", &secret[..4]));
    root.wait_for_text("#toasts", "Client secret deleted");
    assert_eq!(op.count("client_secrets"), count - 1);
}

#[test]
fn a_token_of_another_issuer_stands_in_for_a_secret() {
    let op = TestOp::start();
    let root = at_client(&op, "credentials");
    root.click("[data-add-row='credentials.federatedIdentities']");
    root.fill("[data-row] [name=issuer]", "https://ci.example.com");
    root.fill("[data-row] [name=subject]", "repo:links");
    root.save(".panel.section [type=submit]");
    root.reload();
    assert_eq!(root.attribute("[data-row] [name=subject]", "value").as_deref(), Some("repo:links"));
    root.click("[data-row] [data-remove-row]");
    root.save(".panel.section [type=submit]");
    root.reload();
    assert!(!root.exists("[data-row]"));
}

#[test]
fn logos_for_both_schemes_are_uploaded_and_removed() {
    let op = TestOp::start();
    let root = at_client(&op, "general");
    for (light, count) in [("true", 1), ("false", 2)] {
        let form = format!("form[data-send$='logo?light={light}']");
        root.choose_file(&format!("{form} input[type=file]"), "logo.png", PNG);
        root.click(&format!("{form} [type=submit]"));
        root.wait_for(&format!("{form} .preview img"));
        assert_eq!(op.count("client_logos"), count, "light={light}");
    }
    let form = "form[data-send$='logo?light=true']";
    root.choose_file(&format!("{form} input[type=file]"), "logo.png", b"no picture");
    root.click(&format!("{form} [type=submit]"));
    root.wait_for(&format!("{form} .alert:not([hidden]), {form} .field-error:not([hidden])"));
    root.click("form [data-send^=DELETE][data-send$='light=true']");
    root.wait_for_text(&format!("{form} .preview"), "None");
    assert_eq!(op.count("client_logos"), 1);
}

#[test]
fn an_application_is_restricted_to_groups_and_opened_again() {
    let op = TestOp::start();
    op.group("family", &[]);
    let root = at_client(&op, "groups");
    root.click("[data-body*=isGroupRestricted]");
    root.wait_for("[name=userGroupIds]");
    root.click("[name=userGroupIds]");
    root.save("[type=submit]");
    assert_eq!(op.count("client_groups"), 1);
    root.click("[data-body*=isGroupRestricted]");
    root.wait_for_text("#ask-title", "Let everybody sign in?");
    root.click("#ask-confirm");
    root.wait_for_text("main", "Every user may sign in to this application.");
    assert_eq!(op.number("SELECT COUNT(*) FROM clients WHERE is_group_restricted = 1"), 0);
}

#[test]
fn claims_of_an_application_are_set_and_shown_in_the_preview() {
    let op = TestOp::start();
    let root = at_client(&op, "claims");
    root.click("[data-add-row=claims]");
    root.fill("[data-row] [name=name]", "role");
    root.fill("[data-row] [name=value]", "reader");
    root.save("[type=submit]");
    root.open(&format!("{}?tab=preview&user=root", root.path()));
    root.wait_for_text("pre", "reader");
    root.fill("[name=user]", "nobody");
    root.click("[type=submit]");
    root.wait_for_text(".alert", "There is no such user.");
}

#[test]
fn access_to_an_api_is_given_and_revoked() {
    let op = TestOp::start();
    op.beside("api create https://api.example.com --name Orders").expect_success();
    op.beside("api permission add https://api.example.com orders:read").expect_success();
    let root = at_client(&op, "apis");
    root.click(".links a");
    root.wait_for("[name=userDelegatedPermissionIds]");
    root.click("[name=userDelegatedAccess]");
    root.click("[name=userDelegatedPermissionIds]");
    root.click("form.panel [type=submit]");
    root.wait_for("[data-send^='DELETE /api/apis/']");
    assert_eq!(op.count("api_granted_permissions"), 1);
    root.click("[data-send^='DELETE /api/apis/']");
    root.wait_for_text("#ask-title", "Revoke the access to Orders?");
    root.click("#ask-confirm");
    root.wait_for(".links a");
    assert_eq!(op.count("api_granted_permissions"), 0);
}

#[test]
fn provisioning_is_turned_on_and_off() {
    let op = TestOp::start();
    let root = at_client(&op, "scim");
    root.fill("[name=endpoint]", "https://links.example.com/scim");
    root.fill("[name=token]", "hidden-token");
    root.save("[type=submit]");
    assert_eq!(op.texts("SELECT endpoint FROM scim_providers"), ["https://links.example.com/scim"]);
    assert!(!root.eval("document.documentElement.outerHTML").to_string().contains("hidden-token"));
    root.wait_for_text(".panel-foot", "Sync now");
    root.confirm("[data-send^='DELETE /api/scim']");
    root.wait_for_text("[type=submit]", "Enable");
    assert_eq!(op.count("scim_providers"), 0);
}
