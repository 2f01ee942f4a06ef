//! The parts of the provider that the tests here need, in the words of `support::op`.

use crate::support::browser::Page;
use crate::support::op::TestOp;

/// A running provider before its set-up.
pub(super) struct Provider(TestOp);

/// A registered client that keeps a secret.
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: String,
}

impl Provider {
    pub(super) fn start() -> Self {
        Self(TestOp::start())
    }

    pub(super) fn base_url(&self) -> &str {
        self.0.base_url()
    }

    /// Creates the first user in the browser, with a passkey in the page's authenticator.
    pub(super) fn set_up(&self, page: &Page, username: &str, email: &str) {
        page.goto(&format!("{}/setup", self.base_url()));
        page.fill("[name=username]", username);
        page.fill("[name=displayName]", "Ada Lovelace");
        page.fill("[name=email]", email);
        page.click("#setup-submit");
        page.click("#create-passkey");
        page.wait_for_url(&format!("{}/settings/admin/oidc-clients/new", self.base_url()));
    }

    pub(super) fn register_client(&self, name: &str, callback_url: &str) -> Client {
        let (id, secret) = self.0.register_client(name, callback_url);
        Client { id, secret }
    }

    /// Registers a client as the recipe of its application has it, and returns the settings to paste.
    #[track_caller]
    pub(super) fn register_from_recipe(&self, recipe: &str, url: &str) -> String {
        let cli = self.0.cli().with("APP_URL", self.base_url());
        cli.run(&format!("client create {recipe} --recipe {recipe} --url {url} --quiet")).ok()
    }
}
