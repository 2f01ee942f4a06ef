//! `/settings/account`

use super::{Layout, PageFrame, Time};
use crate::server::messages::Locale;

/// Shows users their own account: passkeys, profile, applications, and sessions.
#[derive(Debug, askama::Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub profile: Profile,
    /// The language that the user chose; `None` follows the browser.
    pub locale: Option<Locale>,
    /// Whether users may change their own profile. The language may be changed in any case.
    pub editable: bool,
    /// Whether an account must have an email address.
    pub email_required: bool,
    /// Whether the user is asked to verify their email address.
    pub asks_to_verify_email: bool,
    pub passkeys: Vec<PasskeyRow>,
    pub sessions: Vec<SessionRow>,
    pub ssh_certificates: Vec<SshCertificateRow>,
}

impl AccountPage {
    /// Whether this language is selected. Templates pass their arguments by reference.
    fn speaks(&self, locale: &Locale) -> bool {
        self.locale.as_ref() == Some(locale)
    }
}

/// The names and the email of a user. Unknown ones are empty.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub display_name: String,
    /// The name shown on pages: never empty.
    pub shown_name: String,
    pub email: String,
}

/// One passkey of the user.
#[derive(Debug, Clone)]
pub struct PasskeyRow {
    pub id: String,
    /// The credential id, as browsers know it (base64url).
    pub credential: String,
    pub name: String,
    pub added: Time,
    pub last_used: Option<Time>,
    /// Whether a password manager keeps copies of it.
    pub synced: bool,
}

/// An SSH certificate of the user that is good.
#[derive(Debug, Clone)]
pub struct SshCertificateRow {
    pub id: String,
    /// The accounts that it is good for.
    pub accounts: String,
    pub issued: Time,
    pub expires: Time,
}

/// One browser in which the user is signed in.
#[derive(Debug, Clone)]
pub struct SessionRow {
    pub id: String,
    /// A short description, such as `Firefox on Linux`.
    pub device: String,
    pub ip_address: String,
    pub signed_in: Time,
    pub last_used: Time,
    /// Whether it is the session of this request.
    pub current: bool,
    /// Whether it is bound to a key of its browser.
    pub bound: bool,
}
