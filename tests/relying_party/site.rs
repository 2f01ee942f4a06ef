//! The site by itself, with a provider that is made up.

use crate::support::browser::Browser;
use crate::support::django::Site;

/// Returns where `#sign-in` leads. The site is its own provider: it answers at any address of `/`.
fn authorization_request(variables: &[(&str, &str)]) -> (String, String) {
    let site = Site::reserve();
    let (callback, endpoint) = (site.callback_url(), format!("{}/", site.base_url));
    let provider = [
        ("LD_ENABLE_OIDC", "True"),
        ("OIDC_OP_AUTHORIZATION_ENDPOINT", endpoint.as_str()),
        ("OIDC_RP_CLIENT_ID", "made-up"),
    ];
    let site = site.start(&[&provider, variables].concat());
    let page = Browser::page();
    page.goto(&site.base_url);
    assert!(!page.exists("#email"));
    page.click("#sign-in");
    page.wait_for_url(&format!("{endpoint}?"));
    (page.url(), callback.replace(':', "%3A").replace('/', "%2F"))
}

#[test]
fn the_site_asks_for_what_linkding_asks_for() {
    let (url, callback) = authorization_request(&[]);
    for parameter in [
        "response_type=code",
        "scope=openid+email+profile",
        "client_id=made-up",
        &format!("redirect_uri={callback}"),
        "state=",
        "nonce=",
        "code_challenge_method=S256",
    ] {
        assert!(url.contains(parameter), "{parameter}: {url}");
    }
}

#[test]
fn the_site_obeys_its_variables() {
    let (url, _) =
        authorization_request(&[("OIDC_USE_PKCE", "False"), ("OIDC_RP_SCOPES", "openid")]);
    assert!(!url.contains("code_challenge"), "{url}");
    assert!(url.contains("scope=openid&"), "{url}");
}
