//! The audit log: who did what, when, from where.

use std::collections::BTreeMap;

use super::{
    ApiId, ApiKeyId, AuditEventId, ClientId, GroupId, SignupTokenId, Timestamp, UserId, Username,
};

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
    /// A picture of the installation was chosen.
    ApplicationImageChanged = "APPLICATION_IMAGE_CHANGED",
    /// A picture of the installation was removed.
    ApplicationImageDeleted = "APPLICATION_IMAGE_DELETED",
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
    /// Somebody signed in on one device with another one.
    RemoteSignIn = "REMOTE_SIGN_IN",
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
    /// The program itself, such as a configuration file that is applied on start.
    Program,
    /// A person, in a browser or through a program of theirs.
    User(UserActor),
}

/// A person who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserActor {
    /// Their account. Unknown while they sign up or sign in: then it is the one that the entry concerns.
    pub id: Option<UserId>,
    /// Whether a program of theirs acts, with an API key.
    pub is_api_key: bool,
    /// The address of the browser or the program.
    pub ip_address: String,
    /// The `User-Agent` of the browser or the program.
    pub user_agent: String,
}

impl Actor {
    /// The name in the database.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Client => "client",
            Self::Program => "program",
            Self::User(user) if user.is_api_key => "api_key",
            Self::User(_) => "user",
        }
    }
}

/// Whom or what an entry concerns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concerned {
    /// The account.
    pub user_id: Option<UserId>,
    /// The id of anything else: a group, a client, an API ...
    pub object_id: Option<String>,
}

impl Concerned {
    /// The installation as a whole.
    pub const INSTALLATION: Self = Self { user_id: None, object_id: None };

    /// Both an account and something else, such as a member and their group.
    pub fn and_user(self, user_id: UserId) -> Self {
        Self { user_id: Some(user_id), ..self }
    }

    fn object(id: &impl ToString) -> Self {
        Self { user_id: None, object_id: Some(id.to_string()) }
    }
}

impl From<UserId> for Concerned {
    fn from(id: UserId) -> Self {
        Self { user_id: Some(id), object_id: None }
    }
}

impl From<GroupId> for Concerned {
    fn from(id: GroupId) -> Self {
        Self::object(&id)
    }
}

impl From<ApiKeyId> for Concerned {
    fn from(id: ApiKeyId) -> Self {
        Self::object(&id)
    }
}

impl From<ApiId> for Concerned {
    fn from(id: ApiId) -> Self {
        Self::object(&id)
    }
}

impl From<SignupTokenId> for Concerned {
    fn from(id: SignupTokenId) -> Self {
        Self::object(&id)
    }
}

impl From<&ClientId> for Concerned {
    fn from(id: &ClientId) -> Self {
        Self::object(id)
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
    /// The id of what it concerns, when that is no account: a group, a client, an API ...
    pub object_id: Option<String>,
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
    /// The id of what else it concerns.
    pub object_id: Option<String>,
    /// Through which door it was done.
    pub actor: String,
    /// Who did it, and their username; nobody when that account is deleted or was none.
    pub actor_user: Option<(UserId, Username)>,
    /// The address of the browser.
    pub ip_address: Option<String>,
    /// The `User-Agent` of the browser.
    pub user_agent: Option<String>,
    /// What else is worth knowing.
    pub data: BTreeMap<String, String>,
    /// When.
    pub created_at: Timestamp,
}
