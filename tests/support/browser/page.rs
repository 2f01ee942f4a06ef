//! A page: its address, its contents, and waiting for them.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::pipe::Session;
use super::{Browser, LIMIT};

const POLL: Duration = Duration::from_millis(20);

/// Throws unless `element` is visible; leaves its first line box in `box`.
pub(super) const VISIBLE: &str = "
    const box = element.getClientRects()[0];
    if (!box?.width || !element.checkVisibility({ visibilityProperty: true })) throw 'not visible';";

/// A page in a browser context, which goes when the page is dropped that it was made for.
pub(crate) struct Page {
    pub(super) browser: &'static Browser,
    pub(super) session: Session,
    pub(super) context: String,
    limit: Duration,
    /// Whether the context was made for another page.
    is_guest: bool,
}

impl Page {
    #[track_caller]
    pub(super) fn open(browser: &'static Browser) -> Self {
        let context = browser.call("Target.createBrowserContext", &json!({}));
        let context = context["browserContextId"].as_str().unwrap_or_default().to_owned();
        // Without a window nobody can be asked, and a Chromium with one allows this without asking.
        browser.call(
            "Browser.grantPermissions",
            &json!({ "permissions": ["clipboardSanitizedWrite"], "browserContextId": context }),
        );
        Self::open_in(browser, context, false)
    }

    /// Opens another page in the same browser context, with the same cookies.
    #[track_caller]
    pub(crate) fn beside(&self) -> Self {
        Self::open_in(self.browser, self.context.clone(), true)
    }

    fn open_in(browser: &'static Browser, context: String, is_guest: bool) -> Self {
        let target = browser.call(
            "Target.createTarget",
            &json!({ "url": "about:blank", "browserContextId": context, "newWindow": true }),
        );
        let attached = browser.call(
            "Target.attachToTarget",
            &json!({ "targetId": target["targetId"], "flatten": true }),
        );
        let session = browser.session(attached["sessionId"].as_str().unwrap_or_default());
        for domain in ["Page", "Runtime", "Log", "Inspector"] {
            session.call(&format!("{domain}.enable"), &json!({}));
        }
        // Passkey ceremonies need the focus, and only one window can have the real one.
        session.call("Emulation.setFocusEmulationEnabled", &json!({ "enabled": true }));
        let page = Self { browser, session, context, limit: LIMIT, is_guest };
        page.set_viewport(1280, 800, false);
        page
    }

    /// Waits no longer than this for anything, where the usual limit is too long.
    pub(crate) fn set_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    /// Goes to an address and waits until the page there has loaded.
    #[track_caller]
    pub(crate) fn goto(&self, url: &str) {
        let answer = self.session.call("Page.navigate", &json!({ "url": url }));
        if let Some(reason) = answer["errorText"].as_str() {
            self.fail(&format!("going to {url}"), reason);
        }
        self.until(&format!("loading {url}"), || self.is_loaded());
    }

    /// Returns the address that the page is at.
    #[track_caller]
    pub(crate) fn url(&self) -> String {
        self.until("reading the address", || self.location())
    }

    /// Waits until the page is at an address that begins with `prefix`, and has loaded.
    #[track_caller]
    pub(crate) fn wait_for_url(&self, prefix: &str) {
        self.until_url(&format!("the address {prefix}..."), |url| url.starts_with(prefix));
    }

    /// Waits until the page is at an address that `is_wanted`, and has loaded.
    #[track_caller]
    pub(crate) fn wait_for_url_where(&self, is_wanted: impl Fn(&str) -> bool) {
        self.until_url("another address", is_wanted);
    }

    #[track_caller]
    fn until_url(&self, goal: &str, is_wanted: impl Fn(&str) -> bool) {
        self.until(goal, || {
            if is_wanted(&self.location()?) { self.is_loaded() } else { Err("not there".into()) }
        });
    }

    /// Waits until an element that `css` selects is visible.
    #[track_caller]
    pub(crate) fn wait_for(&self, css: &str) {
        self.until(&format!("{css} to be visible"), || self.on_element(css, VISIBLE));
    }

    /// Waits until `text` is visible in an element that `css` selects.
    #[track_caller]
    pub(crate) fn wait_for_text(&self, css: &str, text: &str) {
        let (css_literal, text_literal) = (json!(css), json!(text));
        self.until(&format!("{css} to say {text:?}"), || {
            self.evaluate(&format!(
                "(() => {{
                    const texts = [...document.querySelectorAll({css_literal})]
                        .filter(element => element.checkVisibility({{ visibilityProperty: true }}))
                        .map(element => element.innerText);
                    if (!texts.some(text => text.includes({text_literal})))
                        throw texts.length ? `it says ${{JSON.stringify(texts)}}` : 'not visible';
                }})()"
            ))
        });
    }

    /// Returns the text of what `css` selects, as it is rendered; waits for it to exist.
    #[track_caller]
    pub(crate) fn text(&self, css: &str) -> String {
        let text = self.until(&format!("the text of {css}"), || {
            self.on_element(css, "return element.innerText.trim()")
        });
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Returns an attribute of what `css` selects; waits for the element to exist.
    #[track_caller]
    pub(crate) fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let body = format!("return element.getAttribute({})", json!(name));
        let value = self.until(&format!("{name} of {css}"), || self.on_element(css, &body));
        value.as_str().map(str::to_owned)
    }

    /// Tells whether there is such an element now.
    #[track_caller]
    pub(crate) fn exists(&self, css: &str) -> bool {
        self.eval(&format!("document.querySelector({}) !== null", json!(css))) == json!(true)
    }

    /// Evaluates an expression in the page; a promise is awaited, an exception fails the test.
    #[track_caller]
    pub(crate) fn eval(&self, js: &str) -> Value {
        self.evaluate(js).unwrap_or_else(|reason| self.fail("evaluating", &reason))
    }

    /// Evaluates an expression; a thrown value comes back as text.
    pub(super) fn evaluate(&self, js: &str) -> Result<Value, String> {
        let params = json!({ "expression": js, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.session.try_call("Runtime.evaluate", &params)?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(super::observe::exception_text(details)),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    /// Runs the body of a function of `element`, the first one that `css` selects.
    pub(super) fn on_element(&self, css: &str, body: &str) -> Result<Value, String> {
        self.evaluate(&format!(
            "(() => {{
                const element = document.querySelector({});
                if (!element) throw 'there is no such element';
                {body}
            }})()",
            json!(css)
        ))
    }

    /// Tries until it succeeds; the last reason why it did not goes into the failure.
    #[track_caller]
    pub(super) fn until<T>(&self, goal: &str, attempt: impl Fn() -> Result<T, String>) -> T {
        let deadline = Instant::now() + self.limit;
        loop {
            match attempt() {
                Ok(value) => return value,
                Err(_) if Instant::now() < deadline => thread::sleep(POLL),
                Err(reason) => self.fail(&format!("waiting for {goal}"), &reason),
            }
        }
    }

    fn location(&self) -> Result<String, String> {
        self.evaluate("location.href").map(|url| url.as_str().unwrap_or_default().to_owned())
    }

    fn is_loaded(&self) -> Result<(), String> {
        self.evaluate("if (document.readyState !== 'complete') throw 'still loading'").map(drop)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if !self.is_guest {
            let params = json!({ "browserContextId": self.context });
            // Chromium may be what failed.
            let _ = self.browser.pipe.call(None, "Target.disposeBrowserContext", &params);
        }
        self.session.forget_events();
    }
}
