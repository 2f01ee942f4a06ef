//! The pages: the data that each one shows, and the template beside it.
//!
//! A page is a struct of plain values that renders itself (`askama::Template::render`). Pages only
//! read: changes go through the JSON API, called by the page's script. Scripts and styles are
//! neither inline nor from other sites, so the content security policy can forbid both.

mod account;
mod device;
mod disclosure;
mod error;
mod form_post;
mod frame;
#[cfg(test)]
mod gallery;
mod interaction;
mod login;
mod logout;
mod one_time_link;
mod onward;
mod paths;
mod pick;
mod scheme;
mod settings;
mod setup;
mod table;
pub mod theme;
mod time;
mod user_agent;
mod ways_in;

pub use account::{AccountPage, PasskeyRow, Profile, SessionRow, SshCertificateRow};
pub use device::{CodeFault, DeviceConfirmPage, DevicePage};
pub use error::{ErrorPage, PageProblem};
pub use form_post::FormPostPage;
pub use frame::{Heading, PageFrame, SignedInPerson, Tab, current_tab, tabs};
pub use interaction::{InteractionPage, ShownAccount};
pub use login::LoginPage;
pub use logout::{LogoutPage, Refused};
pub use one_time_link::OneTimeLinkPage;
pub use onward::OnwardPage;
pub use paths::login as login_path;
pub use pick::Pick;
pub use scheme::Scheme;
pub use settings::*;
pub use setup::{SetupDonePage, SetupPage, Signup};
pub use table::{
    Badge, ColumnChoice, LIMIT, LIMITS, PageColumn, PageTable, Question, RowAction, TableAddress,
    TableCell, TableColumns, TableFilter, TableRow, Tone, only,
};
pub use time::Time;
pub use user_agent::{describe_browser, known_browser};
pub use ways_in::{
    AddPasskeyPage, AlternativePage, DeviceLoginConfirmPage, DeviceLoginPage, EmailLoginPage,
    VerifyEmailPage,
};

use super::assets;
use super::messages::{Locale, Messages};
use crate::model::{AppConfig, Logos};

/// The data that every page needs: its language, the name of the installation, and the signed-in
/// user.
#[derive(Debug, Clone)]
pub struct Layout {
    pub locale: Locale,
    pub messages: &'static Messages,
    /// The name of the installation.
    pub app_name: String,
    /// The logos of the installation. Without one, our own logo is shown.
    pub logos: Logos,
    /// Whether the installation has a picture for the background of pages that are one card.
    pub has_background: bool,
    /// The page to open after a sign-in without another target.
    pub home_page_url: String,
    /// The only origin at which passkeys of this site work. Empty on pages without passkeys.
    pub app_url: String,
    /// The version of the style sheet with the administrator's choices, if there are any.
    pub theme: Option<String>,
    /// The colour scheme that was chosen in this browser; `None` follows the system.
    pub scheme: Option<Scheme>,
    /// The display name of the signed-in user.
    pub signed_in: Option<String>,
    /// The version in the URLs of assets.
    pub version: &'static str,
}

impl Layout {
    /// Prepares a page in a language.
    pub fn new(locale: Locale, config: &AppConfig, signed_in: Option<&str>) -> Self {
        Self {
            locale,
            messages: Messages::of(locale),
            app_name: config.app_name().to_owned(),
            logos: Logos::default(),
            has_background: false,
            home_page_url: config.home_page_url().to_owned(),
            app_url: String::new(),
            theme: theme::version(config),
            scheme: None,
            signed_in: signed_in.map(str::to_owned),
            version: assets::version(),
        }
    }

    /// Whether the dark scheme was chosen.
    fn is_dark(&self) -> bool {
        self.scheme == Some(Scheme::Dark)
    }

    /// Looks up a text in the page's language.
    pub fn t<'a>(&'a self, key: &'a str) -> &'a str {
        self.messages.get(key)
    }

    /// Looks up a text and fills in one placeholder.
    pub fn with(&self, key: &str, name: &str, value: impl AsRef<str>) -> String {
        self.messages.with(key, &[(name, value.as_ref())])
    }

    /// The label of a field that may stay empty.
    fn optional(&self, key: &str) -> String {
        self.with("field.optional", "label", self.t(key))
    }

    /// The label of the email field in a form. Templates pass their arguments by reference.
    fn email_label(&self, required: &bool) -> String {
        let key = "field.email";
        if *required { self.t(key).to_owned() } else { self.optional(key) }
    }
}

/// The one or two initials that are shown for a name without a picture.
pub fn initials(name: &str) -> String {
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    let letters = first.into_iter().chain(last.filter(char::is_ascii));
    letters.flat_map(char::to_uppercase).collect()
}

/// Encodes a value for a query.
fn encode(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_the_first_letters_of_the_first_and_the_last_word() {
        for (name, expected) in [
            ("Alice", "A"),
            ("alice van der Berg", "AB"),
            ("home-assistant", "HA"),
            ("王小明", "王"),
            ("  ", ""),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
