//! Ways to sign in without a passkey of this device, and the step after a sign-up.

use super::{Layout, ShownAccount, paths};

/// `/login/alternative`: lists the ways in.
#[derive(Debug, askama::Template)]
#[template(path = "alternative.html")]
pub struct AlternativePage {
    pub layout: Layout,
    /// The path to go to afterwards. The server has checked that it is on this site.
    pub redirect: Option<String>,
    /// Whether login codes are sent by email.
    pub by_email: bool,
}

impl AlternativePage {
    fn email_path(&self) -> String {
        paths::email_login(self.redirect.as_deref())
    }

    fn code_path(&self) -> String {
        paths::one_time_link(self.redirect.as_deref())
    }

    fn device_path(&self) -> String {
        paths::device_login(self.redirect.as_deref())
    }

    fn login_path(&self) -> String {
        paths::login(self.redirect.as_deref())
    }
}

/// `/login/alternative/device`: shows a code for a device that is signed in.
#[derive(Debug, askama::Template)]
#[template(path = "device_login.html")]
pub struct DeviceLoginPage {
    pub layout: Layout,
    /// The path to go to afterwards. The server has checked that it is on this site.
    pub redirect: Option<String>,
    /// Whether it asks for a code by itself: a link of another site must not make it.
    pub begins: bool,
}

impl DeviceLoginPage {
    fn login_path(&self) -> String {
        paths::login(self.redirect.as_deref())
    }
}

/// `/login/alternative/email`: asks for an address, to send a login code to.
#[derive(Debug, askama::Template)]
#[template(path = "email_login.html")]
pub struct EmailLoginPage {
    pub layout: Layout,
    /// The path to go to afterwards. The server has checked that it is on this site.
    pub redirect: Option<String>,
}

impl EmailLoginPage {
    fn code_path(&self) -> String {
        paths::one_time_link(self.redirect.as_deref())
    }

    fn login_path(&self) -> String {
        paths::login(self.redirect.as_deref())
    }
}

/// `/verify-email?token=`: asks whether the address is the user's. The token is used on a click:
/// programs that scan mails follow links.
#[derive(Debug, askama::Template)]
#[template(path = "verify_email.html")]
pub struct VerifyEmailPage {
    pub layout: Layout,
    /// The address of the user.
    pub email: String,
    pub token: String,
}

/// `/device` with the code of a device that asks to be signed in.
#[derive(Debug, askama::Template)]
#[template(path = "device_login_confirm.html")]
pub struct DeviceLoginConfirmPage {
    pub layout: Layout,
    pub user_code: String,
    pub user: ShownAccount,
}

/// `/signup/add-passkey`: the step after a sign-up.
#[derive(Debug, askama::Template)]
#[template(path = "add_passkey.html")]
pub struct AddPasskeyPage {
    pub layout: Layout,
}
