//! Properties of a browser and its user: size, language, colours and cookies.

use serde_json::{Value, json};

use super::page::Page;

impl Page {
    /// Sets the size of the viewport in CSS pixels; a mobile one has a touch screen.
    #[track_caller]
    pub(crate) fn set_viewport(&self, width: u32, height: u32, is_mobile: bool) {
        self.session.call(
            "Emulation.setDeviceMetricsOverride",
            &json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_mobile }),
        );
        let touch = json!({ "enabled": is_mobile });
        self.session.call("Emulation.setTouchEmulationEnabled", &touch);
    }

    /// Prefers dark colours, or light ones.
    #[track_caller]
    pub(crate) fn set_dark(&self, is_dark: bool) {
        let value = if is_dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": value }]);
        self.session.call("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// Speaks a language, such as `zh-CN`, from the next page on.
    #[track_caller]
    pub(crate) fn set_language(&self, tag: &str) {
        let user_agent = &self.browser.user_agent;
        self.session.call(
            "Emulation.setUserAgentOverride",
            &json!({ "userAgent": user_agent, "acceptLanguage": tag }),
        );
        self.session.call("Emulation.setLocaleOverride", &json!({ "locale": tag }));
    }

    /// Runs no scripts from the next page on.
    #[track_caller]
    pub(crate) fn disable_scripts(&self) {
        let params = json!({ "value": true });
        self.session.call("Emulation.setScriptExecutionDisabled", &params);
    }

    /// Returns all cookies of the page's browser context, of whatever site.
    #[track_caller]
    pub(crate) fn cookies(&self) -> Vec<Value> {
        let params = json!({ "browserContextId": self.context });
        let mut answer = self.browser.call("Storage.getCookies", &params);
        serde_json::from_value(answer["cookies"].take()).unwrap_or_default()
    }

    /// Sets a cookie as another site on `localhost` can: all its ports share one jar.
    #[track_caller]
    pub(crate) fn plant_cookie(&self, name: &str, path: &str) {
        let cookie =
            json!({ "name": name, "value": "planted", "domain": "localhost", "path": path });
        let params = json!({ "browserContextId": self.context, "cookies": [cookie] });
        self.browser.call("Storage.setCookies", &params);
    }

    /// Forgets all cookies of the page's browser context.
    #[track_caller]
    pub(crate) fn clear_cookies(&self) {
        let params = json!({ "browserContextId": self.context });
        self.browser.call("Storage.clearCookies", &params);
    }
}
