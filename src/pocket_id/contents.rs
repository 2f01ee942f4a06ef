//! What is taken over, in our own words, and what is not.

use std::str::FromStr;

use super::Export;
use crate::{
    crypto::{Digest, PrivateJwk, Secret, SecretHash},
    model::{
        Api, ApiId, ApiKey, ApplicationImage, ClaimOwner, Client, ClientId, ClientSecret,
        ConfigKey, CustomClaim, Group, GroupId, Image, LoggedEvent, Passkey, Scope, ScopeName,
        SignupToken, SubjectType, Theme, Timestamp, User, UserId, text::TextError,
    },
};

/// Everything that is taken over.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// The accounts.
    pub users: Vec<User>,
    /// The groups.
    pub groups: Vec<Group>,
    /// Who is in which group.
    pub members: Vec<(GroupId, UserId)>,
    /// The claims of users and groups.
    pub claims: Vec<(ClaimOwner, CustomClaim)>,
    /// The passkeys.
    pub passkeys: Vec<Passkey>,
    /// The keys of the REST API, by their digests.
    pub api_keys: Vec<(ApiKey, Digest)>,
    /// The clients.
    pub clients: Vec<ImportedClient>,
    /// The APIs with their permissions.
    pub apis: Vec<Api>,
    /// Which clients may use which API on whose behalf.
    pub api_grants: Vec<(ApiId, ClientId, SubjectType, Vec<ScopeName>)>,
    /// What users allowed clients, and when they last went there.
    pub consents: Vec<(UserId, ClientId, Scope, Timestamp)>,
    /// The invitations, by their digests, and the groups that they put people into.
    pub invitations: Vec<(SignupToken, Digest, Vec<GroupId>)>,
    /// The audit log, oldest first.
    pub audit_log: Vec<LoggedEvent>,
    /// The pictures of the installation.
    pub application_images: Vec<(ApplicationImage, Image)>,
    /// The pictures of users.
    pub profile_pictures: Vec<(UserId, Image)>,
    /// The settings that are others than they would be.
    pub settings: Vec<(ConfigKey, Secret)>,
    /// The key that tokens were signed with.
    pub signing_key: Option<PrivateJwk>,
    /// Whether the database had a write-ahead log that was not beside it: then a part of it may be missing.
    pub log_is_missing: bool,
    /// Accounts that get another username.
    pub renamed: Vec<Renamed>,
    /// What is not taken over.
    pub left_out: Vec<LeftOut>,
}

/// A client with what belongs to it.
#[derive(Debug, Clone)]
pub struct ImportedClient {
    /// The client.
    pub client: Client,
    /// Its secrets, as they are stored.
    pub secrets: Vec<(ClientSecret, SecretHash)>,
    /// The groups that may use it.
    pub groups: Vec<GroupId>,
    /// Its logos.
    pub logos: Vec<(Theme, Image)>,
    /// When its metadata document has to be fetched again, if it is described by one.
    pub document_expires_at: Option<Timestamp>,
}

/// An account whose username was the email of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    /// Its username in Pocket ID.
    pub from: String,
    /// Its username here.
    pub to: String,
    /// The username of the account that has the email.
    pub owner_of_email: String,
}

/// Something that stays behind.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// What kind of thing.
    pub kind: &'static str,
    /// Which one.
    pub name: String,
    /// Why, and what to do about it.
    pub reason: String,
}

impl Contents {
    /// Notes that something stays behind.
    pub(super) fn leave_out(
        &mut self,
        kind: &'static str,
        name: impl Into<String>,
        reason: impl Into<String>,
    ) {
        self.left_out.push(LeftOut { kind, name: name.into(), reason: reason.into() });
    }

    /// Notes what is the same for every import.
    pub(super) fn tell_what_stays(&mut self, export: &Export) {
        let passing = export.tables.passing;
        if passing > 0 {
            let reason = "they are not of use here; people sign in again, and consents are kept";
            self.leave_out("sessions and tokens", passing.to_string(), reason);
        }
        for unknown in &export.tables.unknown {
            self.leave_out("unknown", unknown, "Pocket ID 2.14 does not have it");
        }
        let providers = export.tables.rows("scim_service_providers").len();
        if providers > 0 {
            let reason = "accounts are not provisioned over SCIM here";
            self.leave_out("SCIM providers", providers.to_string(), reason);
        }
        for path in &export.uploads.too_large {
            self.leave_out("picture", path, "it is larger than 8 MiB");
        }
    }
}

/// Reads a text; one that is too long or holds control characters is made to fit.
pub(super) fn fitted<T: FromStr<Err = TextError>>(text: &str, max: usize) -> Option<T> {
    let cut = || text.chars().filter(|c| !c.is_control()).take(max).collect::<String>();
    text.parse().or_else(|_| cut().parse()).ok()
}
