//! A person at a browser, with passkeys in it or none.

use std::{ops::Deref, thread};

use serde_json::json;

use crate::support::{
    browser::{Authenticator, Browser, Page},
    op::TestOp,
    soft_authenticator::SoftAuthenticator,
};

/// A person at a browser with an authenticator. When they leave, the browser must have had nothing
/// to complain of: no exception, no script or style that the policy forbids.
pub(super) struct Visitor {
    page: Page,
    pub(super) authenticator: Authenticator,
    base_url: String,
}

impl Visitor {
    /// A visitor without a passkey, on an empty page.
    pub(super) fn new(op: &TestOp) -> Self {
        let page = Browser::page();
        let authenticator = page.add_authenticator();
        Self { page, authenticator, base_url: op.base_url().to_owned() }
    }

    /// A visitor with an account and its passkey, but without a session.
    pub(super) fn with_passkey(op: &TestOp, name: &str) -> Self {
        let user = op.user(name);
        let (mut agent, mut authenticator) = (op.agent(), SoftAuthenticator::new(op.base_url()));
        let code = op.one_time_code(user.id, 600);
        agent.post(&format!("/api/one-time-access-token/{code}"), &json!({})).ok();
        authenticator.register(&mut agent).ok();
        agent.post("/api/webauthn/logout", &json!({})).ok();
        let visitor = Self::new(op);
        visitor.authenticator.add_credential(&authenticator.exported());
        visitor
    }

    /// A signed-in user with a passkey, who looks at their account.
    pub(super) fn signed_in(op: &TestOp, name: &str) -> Self {
        let visitor = Self::with_passkey(op, name);
        visitor.sign_in();
        visitor
    }

    /// A signed-in administrator.
    pub(super) fn admin(op: &TestOp, name: &str) -> Self {
        let visitor = Self::with_passkey(op, name);
        op.beside(&format!("user update {name} --admin")).expect_success();
        visitor.sign_in();
        visitor
    }

    /// The same person at a second browser, which has the same passkeys.
    pub(super) fn elsewhere(&self, op: &TestOp) -> Self {
        let other = Self::new(op);
        for credential in self.authenticator.credentials() {
            other.authenticator.add_credential(&credential);
        }
        other
    }

    /// A second tab of the same browser, with the same session.
    pub(super) fn tab(&self) -> Self {
        let page = self.page.beside();
        let authenticator = page.add_authenticator();
        for credential in self.authenticator.credentials() {
            authenticator.add_credential(&credential);
        }
        Self { page, authenticator, base_url: self.base_url.clone() }
    }

    /// Goes to a path of the provider.
    #[track_caller]
    pub(super) fn open(&self, path: &str) {
        self.goto(&format!("{}{path}", self.base_url));
    }

    /// Waits until a page of the provider is shown whose path and query begin like this.
    #[track_caller]
    pub(super) fn wait_for_path(&self, path: &str) {
        self.wait_for_url(&format!("{}{path}", self.base_url));
    }

    /// The path of the page that is shown.
    pub(super) fn path(&self) -> String {
        self.eval("location.pathname").as_str().expect("a path").to_owned()
    }

    /// Loads the page again.
    #[track_caller]
    pub(super) fn reload(&self) {
        self.goto(&self.url());
    }

    /// Clicks on something that is asked about, and answers yes.
    #[track_caller]
    pub(super) fn confirm(&self, css: &str) {
        self.click(css);
        self.click("#ask-confirm");
    }

    /// Clicks on something that saves, and waits until it is saved.
    #[track_caller]
    pub(super) fn save(&self, css: &str) {
        self.click(css);
        self.wait_for_text("#toasts", "Saved");
    }

    /// Signs in on the page for it.
    #[track_caller]
    pub(super) fn sign_in(&self) {
        self.open("/login");
        self.click("#sign-in");
        self.wait_for_path("/settings/account");
    }

    /// Presses the tabulator until the element with this id has the focus.
    #[track_caller]
    pub(super) fn tab_to(&self, id: &str) {
        // A key is pressed at once, whether or not the scripts of the page are there.
        self.wait_for_url_where(|_| true);
        for _ in 0..30 {
            self.press("Tab");
            if self.focus() == id {
                return;
            }
        }
        panic!("the tabulator never comes to #{id}, but to #{}", self.focus());
    }

    /// The id of the element that has the focus now.
    fn focus(&self) -> String {
        self.eval("document.activeElement.id").as_str().unwrap_or_default().to_owned()
    }

    /// Waits until what `css` selects has the focus: a browser gives it to `autofocus` only when it
    /// draws the page, which may be after it was loaded.
    #[track_caller]
    pub(super) fn wait_for_focus(&self, css: &str) {
        self.wait_for(&format!(":is({css}):focus"));
    }

    /// Waits for what the page says went wrong.
    #[track_caller]
    pub(super) fn wait_for_alert(&self, text: &str) {
        self.wait_for_text("[role=alert]", text);
    }

    /// Goes back as the button of the browser does.
    #[track_caller]
    pub(super) fn go_back(&self) {
        self.eval("void setTimeout(() => history.back())");
    }

    /// The complaints of the browser about the pages. A refused request is the server's word and often the
    /// very thing that a test is about.
    fn complaints(&self) -> Vec<String> {
        let is_refusal = |text: &String| text.contains("responded with a status of 4");
        self.console_errors().into_iter().filter(|text| !is_refusal(text)).collect()
    }
}

impl Deref for Visitor {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        if !thread::panicking() {
            assert_eq!(self.complaints(), Vec::<String>::new());
        }
    }
}
