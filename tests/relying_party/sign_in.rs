//! Signing in to the site through the provider, from its variables to its user's e-mail address.

use super::provider::{Client, Provider};
use crate::support::browser::{Browser, Page};
use crate::support::django::{Django, Site};

const USERNAME: &str = "ada";
const EMAIL: &str = "ada@example.com";

#[test]
fn a_user_signs_in_to_the_site_with_a_passkey_and_then_without_a_question() {
    sign_in_twice("False", EMAIL, &[]);
}

#[test]
fn a_user_signs_in_to_the_site_with_pkce() {
    sign_in_twice("True", USERNAME, &[("OIDC_USERNAME_CLAIM", "preferred_username")]);
}

fn sign_in_twice(pkce: &str, username: &str, variables: &[(&str, &str)]) {
    let provider = Provider::start();
    let page = Browser::page();
    let _authenticator = page.add_authenticator();
    provider.set_up(&page, USERNAME, EMAIL);
    page.clear_cookies();
    let site = Site::reserve();
    let client = provider.register_client("Linkding", &site.callback_url());
    let site = start(site, &provider, &client, &[&[("OIDC_USE_PKCE", pkce)], variables].concat());

    page.goto(&site.base_url);
    page.click("#sign-in");
    page.click("[data-step=authenticate] #continue");
    page.click("[data-step=consent] #continue");
    assert_signed_in(&page, &site, username);

    page.click("#site-sign-out");
    page.wait_for("#sign-in");
    page.click("#sign-in");
    assert_signed_in(&page, &site, username);
    let home = format!("{}/", site.base_url);
    assert!(page.visited().ends_with(&[home.clone(), home]), "{:#?}", page.visited());
    assert_eq!(page.console_errors(), Vec::<String>::new());
}

/// Starts the site with what its administrator would paste.
fn start(site: Site, provider: &Provider, client: &Client, variables: &[(&str, &str)]) -> Django {
    let endpoint = |path| format!("{}{path}", provider.base_url());
    site.start(
        &[
            &[
                ("LD_ENABLE_OIDC", "True"),
                ("OIDC_OP_AUTHORIZATION_ENDPOINT", &endpoint("/authorize")),
                ("OIDC_OP_TOKEN_ENDPOINT", &endpoint("/api/oidc/token")),
                ("OIDC_OP_USER_ENDPOINT", &endpoint("/api/oidc/userinfo")),
                ("OIDC_OP_JWKS_ENDPOINT", &endpoint("/.well-known/jwks.json")),
                ("OIDC_RP_CLIENT_ID", &client.id),
                ("OIDC_RP_CLIENT_SECRET", &client.secret),
            ],
            variables,
        ]
        .concat(),
    )
}

#[track_caller]
fn assert_signed_in(page: &Page, site: &Django, username: &str) {
    page.wait_for_url(&site.base_url);
    page.wait_for("#email");
    assert_eq!(page.text("#email"), EMAIL);
    assert_eq!(page.text("#username"), username);
}
