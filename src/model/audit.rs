//! The audit log: who did what, when, from where.

use std::collections::BTreeMap;

use super::{AuditEventId, Timestamp, UserId};

/// What happened. The names are Pocket ID's (Pocket ID 2.14) where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// What is known of an account was changed.
    AccountChanged,
    /// An account was made.
    AccountCreated,
    /// An account was removed.
    AccountDeleted,
    /// An account was kept from signing in.
    AccountDisabled,
    /// An account may sign in again.
    AccountEnabled,
    /// A new first administrator was made, since none was left that could sign in.
    AdministratorReplaced,
    /// An API got or lost a permission.
    ApiChanged,
    /// An API was registered.
    ApiCreated,
    /// An API was removed.
    ApiDeleted,
    /// A client was let use an API.
    ApiGranted,
    /// An API was taken from a client.
    ApiRevoked,
    /// A user went to a client that they had allowed before.
    ClientAuthorization,
    /// What a client is told of users was changed.
    ClientClaimsChanged,
    /// A client was changed.
    ClientChanged,
    /// A client was registered.
    ClientCreated,
    /// A client was removed.
    ClientDeleted,
    /// A client took the callback URL of its first sign-in.
    ClientRedirectUriAdopted,
    /// A client got one more secret.
    ClientSecretCreated,
    /// A secret was taken from a client.
    ClientSecretDeleted,
    /// A user let a device in for a client that they had allowed before.
    DeviceCodeAuthorization,
    /// A client gave back what a user had granted it.
    GrantRevoked,
    /// The claims of a group were changed.
    GroupClaimsChanged,
    /// A group got another name.
    GroupChanged,
    /// A group was made.
    GroupCreated,
    /// A group was removed.
    GroupDeleted,
    /// Users were put into a group.
    GroupMembersAdded,
    /// Users were taken out of a group.
    GroupMembersRemoved,
    /// A user allowed a client for the first time.
    NewClientAuthorization,
    /// A user let a device in, and by that allowed a client for the first time.
    NewDeviceCodeAuthorization,
    /// A one-time link was made for a user.
    OneTimeAccessTokenCreated,
    /// A passkey was registered.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// A passkey got another name.
    PasskeyRenamed,
    /// Tokens were revoked since a code or a refresh token was used twice.
    ReplayDetected,
    /// A browser session was ended from outside it.
    SessionRevoked,
    /// Somebody signed in with a passkey.
    SignIn,
    /// New signing keys took the place of others.
    SigningKeysRotated,
    /// Somebody signed in with a one-time link or code.
    TokenSignIn,
    /// The claims of a user were changed.
    UserClaimsChanged,
}

impl EventKind {
    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccountChanged => "ACCOUNT_CHANGED",
            Self::AccountCreated => "ACCOUNT_CREATED",
            Self::AccountDeleted => "ACCOUNT_DELETED",
            Self::AccountDisabled => "ACCOUNT_DISABLED",
            Self::AccountEnabled => "ACCOUNT_ENABLED",
            Self::AdministratorReplaced => "ADMINISTRATOR_REPLACED",
            Self::ApiChanged => "API_CHANGED",
            Self::ApiCreated => "API_CREATED",
            Self::ApiDeleted => "API_DELETED",
            Self::ApiGranted => "API_GRANTED",
            Self::ApiRevoked => "API_REVOKED",
            Self::ClientAuthorization => "CLIENT_AUTHORIZATION",
            Self::ClientClaimsChanged => "CLIENT_CLAIMS_CHANGED",
            Self::ClientChanged => "CLIENT_CHANGED",
            Self::ClientCreated => "CLIENT_CREATED",
            Self::ClientDeleted => "CLIENT_DELETED",
            Self::ClientRedirectUriAdopted => "CLIENT_REDIRECT_URI_ADOPTED",
            Self::ClientSecretCreated => "CLIENT_SECRET_CREATED",
            Self::ClientSecretDeleted => "CLIENT_SECRET_DELETED",
            Self::DeviceCodeAuthorization => "DEVICE_CODE_AUTHORIZATION",
            Self::GrantRevoked => "GRANT_REVOKED",
            Self::GroupClaimsChanged => "GROUP_CLAIMS_CHANGED",
            Self::GroupChanged => "GROUP_CHANGED",
            Self::GroupCreated => "GROUP_CREATED",
            Self::GroupDeleted => "GROUP_DELETED",
            Self::GroupMembersAdded => "GROUP_MEMBERS_ADDED",
            Self::GroupMembersRemoved => "GROUP_MEMBERS_REMOVED",
            Self::NewClientAuthorization => "NEW_CLIENT_AUTHORIZATION",
            Self::NewDeviceCodeAuthorization => "NEW_DEVICE_CODE_AUTHORIZATION",
            Self::OneTimeAccessTokenCreated => "ONE_TIME_ACCESS_TOKEN_CREATED",
            Self::PasskeyAdded => "PASSKEY_ADDED",
            Self::PasskeyRemoved => "PASSKEY_REMOVED",
            Self::PasskeyRenamed => "PASSKEY_RENAMED",
            Self::ReplayDetected => "REPLAY_DETECTED",
            Self::SessionRevoked => "SESSION_REVOKED",
            Self::SignIn => "SIGN_IN",
            Self::SigningKeysRotated => "SIGNING_KEYS_ROTATED",
            Self::TokenSignIn => "TOKEN_SIGN_IN",
            Self::UserClaimsChanged => "USER_CLAIMS_CHANGED",
        }
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody at the terminal.
    Cli,
    /// A client, by using a token.
    Client,
    /// Somebody in a browser.
    User {
        /// The address of the browser.
        ip_address: String,
        /// The `User-Agent` of the browser.
        user_agent: String,
    },
}

impl Actor {
    /// The name in the database.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Client => "client",
            Self::User { .. } => "user",
        }
    }
}

/// One entry.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    /// Its id.
    pub id: AuditEventId,
    /// What happened.
    pub kind: EventKind,
    /// Whose account it concerns.
    pub user_id: Option<UserId>,
    /// Who did it.
    pub actor: Actor,
    /// What else is worth knowing; never a secret.
    pub data: BTreeMap<&'static str, String>,
    /// When.
    pub created_at: Timestamp,
}
