//! `/device`

use super::{
    Account, Layout,
    disclosure::{Disclosure, Icon},
    encode, login,
};

/// Takes the code that a device shows. The code itself is no secret of the person who types it, so
/// the form is a plain one.
#[derive(Debug, askama::Template)]
#[template(path = "device.html")]
pub struct DevicePage {
    pub layout: Layout,
    /// What was typed.
    pub typed: String,
    /// Why that did not lead on.
    pub fault: Option<CodeFault>,
}

/// What is wrong with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFault {
    Expired,
    Missing,
    Unknown,
}

impl DevicePage {
    /// The way here through the page where one signs in.
    pub fn path_through_login(typed: Option<&str>) -> String {
        let path = typed.map(|typed| format!("/device?user_code={}", encode(typed)));
        login::path(Some(path.as_deref().unwrap_or("/device")))
    }

    fn fault_text(&self, fault: &CodeFault) -> &str {
        self.layout.t(match fault {
            CodeFault::Expired => "device.fault.expired",
            CodeFault::Missing => "script.field.required",
            CodeFault::Unknown => "device.fault.unknown",
        })
    }
}

/// Asks whether a device is to be let in. RFC 8628 §5.4: whoever holds the device may be far away and
/// have sent the code, so the page says what it means to allow it.
#[derive(Debug, askama::Template)]
#[template(path = "device_confirm.html")]
pub struct DeviceConfirmPage {
    pub layout: Layout,
    pub user_code: String,
    pub client_name: String,
    /// The address of the application's logo; without one its initials stand there.
    pub client_logo: Option<String>,
    pub client_initials: String,
    /// The host of a client that nobody has registered here and that describes itself.
    pub client_host: Option<String>,
    pub scopes: Vec<String>,
    pub user: Account,
    /// Where the request came from.
    pub ip_address: String,
    /// Whether the application wants the passkey to be used for it.
    pub requires_passkey: bool,
}

impl DeviceConfirmPage {
    fn title(&self) -> String {
        self.layout.with("device.confirm.title", "client", &self.client_name)
    }

    fn allow_label(&self) -> &str {
        self.layout.t(match self.requires_passkey {
            true => "device.confirm.allow_with_passkey",
            false => "device.confirm.allow",
        })
    }

    fn disclosures(&self) -> Vec<Disclosure> {
        Disclosure::list(&self.layout, &self.scopes, self.user.email.as_deref())
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
