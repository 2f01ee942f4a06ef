//! The data of an import, converted to the model, and the list of objects left out.

use std::str::FromStr;

use super::export::Export;
use crate::{
    crypto::{Digest, PrivateJwk, Secret, SecretHash},
    model::{
        Api, ApiId, ApiKey, ApplicationImage, ClaimOwner, Client, ClientId, ClientSecret,
        ConfigKey, CustomClaim, Group, GroupId, Image, LoggedEvent, Passkey, ScimProvider, Scope,
        ScopeName, SignupToken, SubjectType, Theme, Timestamp, User, UserId, text::TextError,
    },
};

/// Maximum number of objects to name that are not imported.
const MAX_LEFT_OUT: usize = 10_000;
/// Maximum length of their names and reasons, in bytes.
const MAX_TOLD: usize = 1_000;

/// The data to import.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// The accounts.
    pub users: Vec<User>,
    /// The groups.
    pub groups: Vec<Group>,
    /// The memberships of users in groups.
    pub members: Vec<(GroupId, UserId)>,
    /// The claims of users and groups.
    pub claims: Vec<(ClaimOwner, CustomClaim)>,
    /// The passkeys.
    pub passkeys: Vec<Passkey>,
    /// The API keys with their digests.
    pub api_keys: Vec<(ApiKey, Digest)>,
    /// The clients.
    pub clients: Vec<ImportedClient>,
    /// The APIs with their permissions.
    pub apis: Vec<Api>,
    /// The access of clients to APIs, per subject type.
    pub api_grants: Vec<(ApiId, ClientId, SubjectType, Vec<ScopeName>)>,
    /// The consents of users to clients, with the time of the last sign-in.
    pub consents: Vec<(UserId, ClientId, Scope, Timestamp)>,
    /// The invitations with the digests of their tokens and the groups of new accounts.
    pub invitations: Vec<(SignupToken, Digest, Vec<GroupId>)>,
    /// The SCIM providers of clients, with their bearer tokens. These are not sealed yet.
    pub scim_providers: Vec<(ScimProvider, Option<Secret>)>,
    /// The audit log, oldest first.
    pub audit_log: Vec<LoggedEvent>,
    /// The pictures of the installation.
    pub application_images: Vec<(ApplicationImage, Image)>,
    /// The pictures of users.
    pub profile_pictures: Vec<(UserId, Image)>,
    /// The settings that differ from their defaults.
    pub settings: Vec<(ConfigKey, Secret)>,
    /// The signing key of Pocket ID.
    pub signing_key: Option<PrivateJwk>,
    /// Whether the write-ahead log of the database was missing. Then part of the data may be
    /// missing.
    pub log_is_missing: bool,
    /// Accounts that get a new username.
    pub renamed: Vec<RenamedAccount>,
    /// Objects that are not imported.
    pub left_out: Vec<LeftOut>,
    /// The entry of `left_out` for objects without names, and how many these are.
    pub(super) unnamed: Option<(usize, usize)>,
}

/// A client with its secrets, groups and logos.
#[derive(Debug, Clone)]
pub struct ImportedClient {
    /// The client.
    pub client: Client,
    /// Its secrets, as stored hashes.
    pub secrets: Vec<(ClientSecret, SecretHash)>,
    /// The groups that may use it.
    pub groups: Vec<GroupId>,
    /// Its logos.
    pub logos: Vec<(Theme, Image)>,
    /// When its metadata document must be fetched again, if it has one.
    pub document_expires_at: Option<Timestamp>,
}

/// An account whose username was the email of another account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenamedAccount {
    /// Its username in Pocket ID.
    pub from: String,
    /// Its username here.
    pub to: String,
    /// The username of the account that has the email.
    pub owner_of_email: String,
}

/// An object that is not imported.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// The kind of object.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The reason, and what to do about it.
    pub reason: String,
}

impl Contents {
    /// Records an object that is not imported. Of very many, only users and groups are all named, since
    /// a take-over depends on them.
    pub(super) fn leave_out(
        &mut self,
        kind: &'static str,
        name: impl Into<String>,
        reason: impl Into<String>,
    ) {
        if self.left_out.len() >= MAX_LEFT_OUT && !matches!(kind, "user" | "group") {
            return self.leave_out_unnamed();
        }
        let (name, reason) = (shortened(name.into()), shortened(reason.into()));
        self.left_out.push(LeftOut { kind, name, reason });
    }

    /// Records that one more object is not imported, without its name.
    fn leave_out_unnamed(&mut self) {
        let (index, count) = self.unnamed.unwrap_or((self.left_out.len(), 0));
        let (name, reason) =
            (format!("{} more", count + 1), "there are too many to name them".into());
        let told = LeftOut { kind: "objects", name, reason };
        match self.left_out.get_mut(index) {
            Some(known) => *known = told,
            None => self.left_out.push(told),
        }
        self.unnamed = Some((index, count + 1));
    }

    /// Records the parts that no import takes over: sessions and tokens, unknown tables and columns,
    /// and pictures that are too large.
    pub(super) fn tell_what_stays(&mut self, export: &Export) {
        let passing = export.tables.passing;
        if passing > 0 {
            let reason = "they cannot be used here; people sign in again, and consents are kept";
            self.leave_out("sessions and tokens", passing.to_string(), reason);
        }
        for unknown in &export.tables.unknown {
            let reason = "it is not known here; perhaps a newer Pocket ID has it";
            self.leave_out("unknown", unknown, reason);
        }
        for path in &export.uploads.too_large {
            self.leave_out("picture", path, "it is larger than 8 MiB");
        }
    }
}

/// Cuts a text that is far longer than any name.
fn shortened(mut text: String) -> String {
    if text.len() > MAX_TOLD {
        let end = (0..=MAX_TOLD).rev().find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or_default());
        text.push('…');
        text.shrink_to_fit();
    }
    text
}

/// Parses a text. Removes control characters and shortens it if it does not parse as it is.
pub(super) fn fitted<T: FromStr<Err = TextError>>(text: &str, max: usize) -> Option<T> {
    let cut = || text.chars().filter(|c| !c.is_control()).take(max).collect::<String>();
    text.parse().or_else(|_| cut().parse()).ok()
}

/// The name of a client in a report.
pub(super) fn told(client: &Client) -> String {
    format!("{} ({})", client.name, client.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_very_many_things_left_out_some_are_named_and_all_are_counted() {
        let mut contents = Contents::default();
        for number in 0..MAX_LEFT_OUT + 7 {
            contents.leave_out("callback URL", number.to_string(), "ä".repeat(100_000));
        }
        contents.leave_out("user", "eve", "it is the last one");
        assert_eq!(contents.left_out.len(), MAX_LEFT_OUT + 2);
        assert!(contents.left_out.iter().all(|it| it.reason.len() <= MAX_TOLD + 4));
        let [.., last, user] = contents.left_out.as_slice() else { panic!() };
        assert_eq!((user.name.as_str(), last.name.as_str()), ("eve", "7 more"));
    }
}
