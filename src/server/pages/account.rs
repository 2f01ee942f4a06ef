//! `/settings/account`

use super::{Layout, Time};
use crate::server::messages::Locale;

/// Shows people their own account: passkeys, profile, applications, and where they are signed in.
#[derive(Debug, askama::Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    pub layout: Layout,
    pub profile: Profile,
    /// The language that the user chose; `None` follows the browser.
    pub locale: Option<Locale>,
    /// Whether users may change their own profile. The language is theirs in any case.
    pub editable: bool,
    /// Whether an account must have an e-mail address.
    pub email_required: bool,
    pub passkeys: Vec<PasskeyRow>,
    pub applications: Vec<ApplicationRow>,
    pub sessions: Vec<SessionRow>,
}

impl AccountPage {
    /// Whether this language was chosen. Templates hand their arguments over by reference.
    fn speaks(&self, locale: &Locale) -> bool {
        self.locale.as_ref() == Some(locale)
    }
}

/// The words a user goes by; what is not known is empty.
#[derive(Debug, Clone)]
pub struct Profile {
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub display_name: String,
    /// What the user is called on pages: never empty.
    pub shown_name: String,
    pub email: String,
}

/// One passkey of the user.
#[derive(Debug, Clone)]
pub struct PasskeyRow {
    pub id: String,
    pub name: String,
    pub added: Time,
    pub last_used: Option<Time>,
    /// Whether a password manager keeps copies of it.
    pub synced: bool,
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
    /// Whether it is the session that asks.
    pub current: bool,
}

/// One application that the user allowed something.
#[derive(Debug, Clone)]
pub struct ApplicationRow {
    /// Its client ID as a part of a path.
    pub path: String,
    pub name: String,
    pub logo: Option<String>,
    /// The host of one that describes itself: anybody can call themselves anything.
    pub host: Option<String>,
    pub last_used: Time,
    /// Whether it may go on while the user is away.
    pub offline: bool,
}
