//! `/device`

use super::{
    Layout, ShownAccount,
    disclosure::{Disclosure, Icon},
    encode, paths,
};

/// Asks for the code that a device shows. The code is not a secret of the user, so the form is a
/// plain one.
#[derive(Debug, askama::Template)]
#[template(path = "device.html")]
pub struct DevicePage {
    pub layout: Layout,
    /// The typed text.
    pub typed: String,
    /// Why it was not accepted.
    pub fault: Option<CodeFault>,
}

/// Why a code is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFault {
    Expired,
    Missing,
    Unknown,
}

impl DevicePage {
    /// The path of the sign-in page that returns to this page.
    pub fn path_through_login(typed: Option<&str>) -> String {
        let path = typed.map(|typed| format!("/device?user_code={}", encode(typed)));
        paths::login(Some(path.as_deref().unwrap_or("/device")))
    }

    fn fault_text(&self, fault: &CodeFault) -> &str {
        self.layout.t(match fault {
            CodeFault::Expired => "device.fault.expired",
            CodeFault::Missing => "script.field.required",
            CodeFault::Unknown => "device.fault.unknown",
        })
    }
}

/// Asks whether to approve a device. RFC 8628 §5.4: the holder of the device may be far away and
/// have sent the code, so the page explains the consequences.
#[derive(Debug, askama::Template)]
#[template(path = "device_confirm.html")]
pub struct DeviceConfirmPage {
    pub layout: Layout,
    pub user_code: String,
    pub client_name: String,
    /// The URL of the application's logo. Without one, its initials are shown.
    pub client_logo: Option<String>,
    pub client_initials: String,
    /// The host of a client that is not registered here but has a metadata document.
    pub client_host: Option<String>,
    /// Whether it registered itself, so that its name is unverified.
    pub is_self_registered: bool,
    pub scopes: Vec<String>,
    /// The API that it wants to use for the user.
    pub api: Option<String>,
    pub user: ShownAccount,
    /// The address that the request came from.
    pub origin: String,
    /// Whether the application requires the passkey for it.
    pub requires_passkey: bool,
}

impl DeviceConfirmPage {
    fn title(&self) -> String {
        self.layout.with("device.confirm.title", "client", &self.client_name)
    }

    fn allow_label(&self) -> &str {
        self.layout.t(if self.requires_passkey {
            "device.confirm.allow_with_passkey"
        } else {
            "device.confirm.allow"
        })
    }

    fn disclosures(&self) -> Vec<Disclosure> {
        let email = self.user.email.as_deref();
        let mut disclosures = Disclosure::list(&self.layout, &self.scopes, email);
        disclosures.extend(self.api.as_deref().map(|api| Disclosure::of_api(&self.layout, api)));
        disclosures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_the_way_through_the_sign_in() {
        let path = DevicePage::path_through_login(Some("e012 &x"));
        assert_eq!(path, "/login?redirect=%2Fdevice%3Fuser_code%3De012%2B%2526x");
        assert_eq!(DevicePage::path_through_login(None), "/login?redirect=%2Fdevice");
    }
}
