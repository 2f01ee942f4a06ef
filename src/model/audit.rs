//! The audit log: who did what, when, from where.

use std::collections::BTreeMap;

use super::{AuditEventId, Timestamp, UserId, Username};

/// Declares the kinds, each with its name.
macro_rules! event_kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)+) => {
        /// What happened. The names are Pocket ID's (Pocket ID 2.14) where it has one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum EventKind {
            $($(#[$doc])* $kind,)+
        }

        impl EventKind {
            /// Every kind, in the order of their names.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The name in the database and the API.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }
        }
    };
}

event_kinds! {
    /// What is known of an account was changed.
    AccountChanged = "ACCOUNT_CHANGED",
    /// An account was made.
    AccountCreated = "ACCOUNT_CREATED",
    /// An account was removed.
    AccountDeleted = "ACCOUNT_DELETED",
    /// An account was kept from signing in.
    AccountDisabled = "ACCOUNT_DISABLED",
    /// An account may sign in again.
    AccountEnabled = "ACCOUNT_ENABLED",
    /// A new first administrator was made, since none was left that could sign in.
    AdministratorReplaced = "ADMINISTRATOR_REPLACED",
    /// An API got or lost a permission.
    ApiChanged = "API_CHANGED",
    /// An API was registered.
    ApiCreated = "API_CREATED",
    /// An API was removed.
    ApiDeleted = "API_DELETED",
    /// A client was let use an API.
    ApiGranted = "API_GRANTED",
    /// A key of the REST API was made.
    ApiKeyCreated = "API_KEY_CREATED",
    /// A key of the REST API was removed.
    ApiKeyDeleted = "API_KEY_DELETED",
    /// An API was taken from a client.
    ApiRevoked = "API_REVOKED",
    /// The application configuration was changed.
    AppConfigChanged = "APP_CONFIG_CHANGED",
    /// A user went to a client that they had allowed before.
    ClientAuthorization = "CLIENT_AUTHORIZATION",
    /// A user wanted to go to a client that is for groups which they are not in.
    ClientAuthorizationRefused = "CLIENT_AUTHORIZATION_REFUSED",
    /// What a client is told of users was changed.
    ClientClaimsChanged = "CLIENT_CLAIMS_CHANGED",
    /// A client was changed.
    ClientChanged = "CLIENT_CHANGED",
    /// A client was registered.
    ClientCreated = "CLIENT_CREATED",
    /// A client was removed.
    ClientDeleted = "CLIENT_DELETED",
    /// A client took the callback URL of its first sign-in.
    ClientRedirectUriAdopted = "CLIENT_REDIRECT_URI_ADOPTED",
    /// A client got one more secret.
    ClientSecretCreated = "CLIENT_SECRET_CREATED",
    /// A secret was taken from a client.
    ClientSecretDeleted = "CLIENT_SECRET_DELETED",
    /// All data was replaced by that of a backup.
    DatabaseRestored = "DATABASE_RESTORED",
    /// A user let a device in for a client that they had allowed before.
    DeviceCodeAuthorization = "DEVICE_CODE_AUTHORIZATION",
    /// A user wanted to let a device in for a client that is for groups which they are not in.
    DeviceCodeAuthorizationRefused = "DEVICE_CODE_AUTHORIZATION_REFUSED",
    /// What is sealed was dropped where its encryption key was lost.
    EncryptionKeyReplaced = "ENCRYPTION_KEY_REPLACED",
    /// Everything was sealed anew under another encryption key.
    EncryptionKeyRotated = "ENCRYPTION_KEY_ROTATED",
    /// A client gave back what a user had granted it.
    GrantRevoked = "GRANT_REVOKED",
    /// The claims of a group were changed.
    GroupClaimsChanged = "GROUP_CLAIMS_CHANGED",
    /// A group got another name.
    GroupChanged = "GROUP_CHANGED",
    /// A group was made.
    GroupCreated = "GROUP_CREATED",
    /// A group was removed.
    GroupDeleted = "GROUP_DELETED",
    /// Users were put into a group.
    GroupMembersAdded = "GROUP_MEMBERS_ADDED",
    /// Users were taken out of a group.
    GroupMembersRemoved = "GROUP_MEMBERS_REMOVED",
    /// Everything of a Pocket ID was taken over.
    Imported = "IMPORTED",
    /// A user allowed a client for the first time.
    NewClientAuthorization = "NEW_CLIENT_AUTHORIZATION",
    /// A user let a device in, and by that allowed a client for the first time.
    NewDeviceCodeAuthorization = "NEW_DEVICE_CODE_AUTHORIZATION",
    /// A one-time link was made for a user.
    OneTimeAccessTokenCreated = "ONE_TIME_ACCESS_TOKEN_CREATED",
    /// A passkey was registered.
    PasskeyAdded = "PASSKEY_ADDED",
    /// A passkey was removed.
    PasskeyRemoved = "PASSKEY_REMOVED",
    /// A passkey got another name.
    PasskeyRenamed = "PASSKEY_RENAMED",
    /// Tokens were revoked since a code or a refresh token was used twice.
    ReplayDetected = "REPLAY_DETECTED",
    /// A browser session was ended from outside it.
    SessionRevoked = "SESSION_REVOKED",
    /// Somebody signed in with a passkey.
    SignIn = "SIGN_IN",
    /// New signing keys took the place of others.
    SigningKeysRotated = "SIGNING_KEYS_ROTATED",
    /// Somebody was invited to make an account.
    SignupTokenCreated = "SIGNUP_TOKEN_CREATED",
    /// An invitation was taken back.
    SignupTokenDeleted = "SIGNUP_TOKEN_DELETED",
    /// Somebody signed in with a one-time link or code.
    TokenSignIn = "TOKEN_SIGN_IN",
    /// The claims of a user were changed.
    UserClaimsChanged = "USER_CLAIMS_CHANGED",
}

impl EventKind {
    /// Reads a name, whatever its case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str().eq_ignore_ascii_case(name))
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

/// An entry as it is read again: of any version, and with the name of whom it concerns.
#[derive(Debug, Clone)]
pub struct LoggedEvent {
    /// Its id.
    pub id: AuditEventId,
    /// The name of what happened.
    pub kind: String,
    /// Whose account it concerns, and their user name; nobody's when that is gone.
    pub user: Option<(UserId, Username)>,
    /// The name of who did it.
    pub actor: String,
    /// The address of the browser.
    pub ip_address: Option<String>,
    /// The `User-Agent` of the browser.
    pub user_agent: Option<String>,
    /// What else is worth knowing.
    pub data: BTreeMap<String, String>,
    /// When.
    pub created_at: Timestamp,
}
