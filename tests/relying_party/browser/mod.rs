//! An application without a server of its own, with oidc-client-ts: a public client at another origin.

mod site;

use pocketid::model::ClientType;
use site::Site;

use crate::support::{browser::Browser, browser::Page, op::TestOp};

/// An application in a browser, and the provider that its user has signed in to.
struct Application {
    op: TestOp,
    page: Page,
    bye: String,
}

impl Application {
    /// Signs its user in, by redirects.
    fn sign_in(host: &'static str, response_mode: &str) -> Self {
        let op = TestOp::start();
        let site = Site::reserve(host);
        let (home, bye) = (site.url("/"), site.url("/bye"));
        let client = op.client_with(&site.url("/callback"), |client| {
            client.client_type = ClientType::Public;
            client.requires_pkce = true;
            client.redirect_uris.push(site.url("/silent").parse().expect("a redirect URI"));
            client.post_logout_redirect_uris.push(bye.parse().expect("a redirect URI"));
        });
        site.start(&op, &client, response_mode);
        let page = Browser::page();
        let authenticator = page.add_authenticator();
        authenticator.add_credential(&op.person("ada").authenticator.exported());

        page.goto(&home);
        page.click("#sign-in");
        page.click("[data-step=authenticate] #continue");
        page.click("[data-step=consent] #continue");
        page.wait_for_text("#username", "ada");
        assert_eq!(page.text("#email"), "ada@example.com");
        Self { op, page, bye }
    }

    /// Lets it renew its tokens, and asks whether the old and the new access token are good.
    fn renew(&self, button: &str) -> [bool; 2] {
        let old = self.page.text("#access-token");
        self.page.click(button);
        self.page.wait_for_text("#renewed", "yes");
        let new = self.page.text("#access-token");
        [old, new].map(|token| self.op.userinfo(&token).status == 200)
    }
}

#[test]
fn a_browser_application_of_another_site_renews_by_refresh_token_and_gives_its_tokens_back() {
    let application = Application::sign_in("127.0.0.1", "query");
    assert_eq!(application.renew("#refresh"), [false, true]);
    let token = application.page.text("#access-token");
    application.page.click("#revoke");
    application.page.wait_for_text("#revoked", "yes");
    assert_eq!(application.op.userinfo(&token).status, 401);
    assert_eq!(application.page.console_errors(), Vec::<String>::new());
}

#[test]
fn a_browser_application_of_the_same_site_renews_in_a_frame() {
    let application = Application::sign_in("localhost", "fragment");
    assert_eq!(application.renew("#renew"), [true, true]);
    assert_eq!(application.page.console_errors(), Vec::<String>::new());
}

#[test]
fn a_browser_application_signs_its_user_out() {
    let Application { op, page, bye } = Application::sign_in("127.0.0.1", "query");
    page.click("#sign-out");
    page.wait_for_url(&bye);
    page.goto(&format!("{}/settings/account", op.base_url()));
    page.wait_for_url(&format!("{}/login", op.base_url()));
}

/// The session's cookie is `SameSite=Lax`, so that no user is signed in within a frame of another site; the
/// application is told, and can send its user to sign in.
#[test]
fn a_browser_application_of_another_site_is_told_that_nobody_is_signed_in_within_its_frame() {
    let application = Application::sign_in("127.0.0.1", "query");
    application.page.click("#renew");
    application.page.wait_for_text("#error", "login_required");
}
