//! Mails: their recipients and their contents. The words are chosen when a mail is sent.

use serde::{Deserialize, Serialize};

use super::{EmailAddress, Timestamp, User};
use crate::crypto::Secret;

/// The lifetime of a link that verifies an email address, in seconds: a day (Pocket ID 2.14).
pub const VERIFICATION_SECONDS: i64 = 86_400;
/// How long a mail that informs is worth sending, in seconds.
const NEWS_SECONDS: i64 = 172_800;

/// A mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// The recipient.
    pub to: MailRecipient,
    /// The content.
    pub letter: Letter,
}

/// The recipient of a mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailRecipient {
    /// Their name, which may be empty.
    pub name: String,
    /// Their address.
    pub address: String,
    /// Their language; that of the installation when absent.
    pub locale: Option<String>,
}

/// The content of a mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Letter {
    /// An API key of the recipient expires soon.
    ApiKeyExpiring {
        /// The name of the key.
        name: String,
        /// When it expires.
        #[serde(with = "unix_seconds")]
        expires_at: Timestamp,
    },
    /// A link that proves that the address is the recipient's.
    EmailVerification {
        /// The token in the link.
        #[serde(with = "exposed")]
        token: Secret,
    },
    /// The recipient has a new account, and a link to add a passkey.
    Invitation {
        /// The username of the account.
        username: String,
        /// The one-time code in the link.
        #[serde(with = "exposed")]
        code: Secret,
        /// When it expires.
        #[serde(with = "unix_seconds")]
        expires_at: Timestamp,
    },
    /// A code that signs the recipient in once.
    LoginCode {
        /// The code.
        #[serde(with = "exposed")]
        code: Secret,
        /// Its lifetime in seconds.
        seconds: i64,
        /// The path to open after the sign-in.
        redirect: Option<String>,
    },
    /// A new device signed in to the recipient's account.
    NewDevice {
        /// The IP address.
        ip_address: String,
        /// The place, if it is known.
        place: Option<String>,
        /// The `User-Agent` of the browser.
        user_agent: String,
        /// When.
        #[serde(with = "unix_seconds")]
        at: Timestamp,
    },
    /// Something happened that administrators have to know.
    Notice {
        /// The kind of the events.
        event: String,
        /// The first of them.
        entries: Vec<NoticeEntry>,
        /// How many others there were.
        more: i64,
    },
    /// Shows that mail works.
    Test,
}

/// An event of a notice.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoticeEntry {
    /// When it happened.
    #[serde(with = "unix_seconds")]
    pub at: Timestamp,
    /// The account or the object that it is about.
    pub about: String,
    /// The name of the actor.
    pub actor: String,
}

/// Secrets of a mail as they are: the whole mail is sealed where it is stored.
mod exposed {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::crypto::Secret;

    pub(super) fn serialize<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
        String::deserialize(from).map(Secret::new)
    }
}

/// Times as whole seconds.
mod unix_seconds {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::model::Timestamp;

    pub(super) fn serialize<S: Serializer>(time: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(time.as_unix())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(from).map(Timestamp::from_unix)
    }
}

impl Letter {
    /// How long to try to send it, in seconds. A login code is useless once it has expired.
    pub fn seconds(&self, now: Timestamp) -> i64 {
        match self {
            Self::EmailVerification { .. } => VERIFICATION_SECONDS,
            Self::Invitation { expires_at, .. } => expires_at.as_unix() - now.as_unix(),
            Self::LoginCode { seconds, .. } => *seconds,
            Self::ApiKeyExpiring { .. }
            | Self::NewDevice { .. }
            | Self::Notice { .. }
            | Self::Test => NEWS_SECONDS,
        }
    }
}

impl MailRecipient {
    /// A user at an address of theirs.
    pub fn of(user: &User, address: &EmailAddress) -> Self {
        Self {
            name: user.full_name(),
            address: address.as_str().to_owned(),
            locale: user.locale.clone(),
        }
    }

    /// A recipient with an address and no name.
    pub fn at(address: &EmailAddress) -> Self {
        Self { name: String::new(), address: address.as_str().to_owned(), locale: None }
    }
}
