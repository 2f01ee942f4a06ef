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
    /// Records an object that is not imported.
    pub(super) fn leave_out(
        &mut self,
        kind: &'static str,
        name: impl Into<String>,
        reason: impl Into<String>,
    ) {
        self.left_out.push(LeftOut { kind, name: name.into(), reason: reason.into() });
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

/// Parses a text. Removes control characters and shortens it if it does not parse as it is.
pub(super) fn fitted<T: FromStr<Err = TextError>>(text: &str, max: usize) -> Option<T> {
    let cut = || text.chars().filter(|c| !c.is_control()).take(max).collect::<String>();
    text.parse().or_else(|_| cut().parse()).ok()
}

/// The name of a client in a report.
pub(super) fn told(client: &Client) -> String {
    format!("{} ({})", client.name, client.id)
}
