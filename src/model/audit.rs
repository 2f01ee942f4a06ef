//! The audit log: who did what, when and from where.

use std::collections::BTreeMap;

use super::{
    ApiId, ApiKeyId, AuditEventId, ClientId, GroupId, Location, ProtectedHostId,
    RegistrationTokenId, ScimProviderId, ScimTokenId, ScimTokenName, SignupTokenId, SshAccountId,
    SshCaKeyId, SshCertificateId, Timestamp, UserId, Username, WebhookId,
};

/// Declares the kinds of events and their names.
macro_rules! event_kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)+) => {
        /// The kind of an event. The names are those of Pocket ID 2.14, where it has one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum EventKind {
            $($(#[$doc])* $kind,)+
        }

        impl EventKind {
            /// Every kind, ordered by name.
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
    /// An account was changed.
    AccountChanged = "ACCOUNT_CHANGED",
    /// An account was created.
    AccountCreated = "ACCOUNT_CREATED",
    /// An account was deleted.
    AccountDeleted = "ACCOUNT_DELETED",
    /// An account was disabled.
    AccountDisabled = "ACCOUNT_DISABLED",
    /// An account was enabled again.
    AccountEnabled = "ACCOUNT_ENABLED",
    /// An account became an administrator.
    AdministratorAdded = "ADMINISTRATOR_ADDED",
    /// A new first administrator was created, because no administrator could sign in.
    AdministratorReplaced = "ADMINISTRATOR_REPLACED",
    /// An API or its permissions were changed.
    ApiChanged = "API_CHANGED",
    /// An API was registered.
    ApiCreated = "API_CREATED",
    /// An API was deleted.
    ApiDeleted = "API_DELETED",
    /// A client was allowed to use an API.
    ApiGranted = "API_GRANTED",
    /// An API key was created.
    ApiKeyCreated = "API_KEY_CREATED",
    /// An API key was deleted.
    ApiKeyDeleted = "API_KEY_DELETED",
    /// A client's access to an API was revoked.
    ApiRevoked = "API_REVOKED",
    /// The application configuration was changed.
    AppConfigChanged = "APP_CONFIG_CHANGED",
    /// An image of the installation was set.
    ApplicationImageChanged = "APPLICATION_IMAGE_CHANGED",
    /// An image of the installation was deleted.
    ApplicationImageDeleted = "APPLICATION_IMAGE_DELETED",
    /// A subject of another issuer does not stand for a user any more.
    AssertedSubjectRemoved = "ASSERTED_SUBJECT_REMOVED",
    /// An administrator made a backup by the REST API.
    BackupCreated = "BACKUP_CREATED",
    /// An administrator downloaded a backup.
    BackupDownloaded = "BACKUP_DOWNLOADED",
    /// A scheduled backup failed, for the first time since the last one that did not.
    BackupFailed = "BACKUP_FAILED",
    /// The server could not prove that the newest backup can be restored.
    BackupVerificationFailed = "BACKUP_VERIFICATION_FAILED",
    /// The server proved that the newest backup can be restored.
    BackupVerified = "BACKUP_VERIFIED",
    /// A user signed in to a client that they had allowed before.
    ClientAuthorization = "CLIENT_AUTHORIZATION",
    /// A user was refused at a client, because they are in none of its groups.
    ClientAuthorizationRefused = "CLIENT_AUTHORIZATION_REFUSED",
    /// A client that waited for an administrator was approved.
    ClientApproved = "CLIENT_APPROVED",
    /// The claim rules of a client were changed.
    ClientClaimsChanged = "CLIENT_CLAIMS_CHANGED",
    /// A client was changed.
    ClientChanged = "CLIENT_CHANGED",
    /// A client was registered.
    ClientCreated = "CLIENT_CREATED",
    /// A client was deleted.
    ClientDeleted = "CLIENT_DELETED",
    /// A client that waited for an administrator was refused.
    ClientRefused = "CLIENT_REFUSED",
    /// A client waits for an administrator.
    ClientRequested = "CLIENT_REQUESTED",
    /// A client registered the callback URL of its first sign-in.
    ClientRedirectUriAdopted = "CLIENT_REDIRECT_URI_ADOPTED",
    /// A client secret was created.
    ClientSecretCreated = "CLIENT_SECRET_CREATED",
    /// A client secret was deleted.
    ClientSecretDeleted = "CLIENT_SECRET_DELETED",
    /// All data was replaced with that of a backup.
    DatabaseRestored = "DATABASE_RESTORED",
    /// A user approved a device for a client that they had allowed before.
    DeviceCodeAuthorization = "DEVICE_CODE_AUTHORIZATION",
    /// A user was refused for a device, because they are in none of the client's groups.
    DeviceCodeAuthorizationRefused = "DEVICE_CODE_AUTHORIZATION_REFUSED",
    /// The encryption key was lost and replaced; the values sealed under it were deleted.
    EncryptionKeyReplaced = "ENCRYPTION_KEY_REPLACED",
    /// All sealed values were sealed again under a new encryption key.
    EncryptionKeyRotated = "ENCRYPTION_KEY_ROTATED",
    /// A grant was revoked.
    GrantRevoked = "GRANT_REVOKED",
    /// The claims of a group were changed.
    GroupClaimsChanged = "GROUP_CLAIMS_CHANGED",
    /// An administrator asked for a sync with the directory.
    DirectorySyncRequested = "DIRECTORY_SYNC_REQUESTED",
    /// A group was changed.
    GroupChanged = "GROUP_CHANGED",
    /// A group was created.
    GroupCreated = "GROUP_CREATED",
    /// A group was deleted.
    GroupDeleted = "GROUP_DELETED",
    /// Users were added to a group.
    GroupMembersAdded = "GROUP_MEMBERS_ADDED",
    /// Users were removed from a group, or their memberships ended.
    GroupMembersRemoved = "GROUP_MEMBERS_REMOVED",
    /// The end of a membership was set, changed or taken away.
    GroupMembershipEndChanged = "GROUP_MEMBERSHIP_END_CHANGED",
    /// A client got an assertion about a user for a server elsewhere, for the first time since its sign-in.
    IdentityAssertionIssued = "IDENTITY_ASSERTION_ISSUED",
    /// All data of a Pocket ID installation was imported.
    Imported = "IMPORTED",
    /// The last passkey of an account was deleted.
    LastPasskeyRemoved = "LAST_PASSKEY_REMOVED",
    /// A user allowed a client for the first time.
    NewClientAuthorization = "NEW_CLIENT_AUTHORIZATION",
    /// A user approved a device, and allowed its client for the first time.
    NewDeviceCodeAuthorization = "NEW_DEVICE_CODE_AUTHORIZATION",
    /// A one-time access token was created for a user.
    OneTimeAccessTokenCreated = "ONE_TIME_ACCESS_TOKEN_CREATED",
    /// A passkey was added.
    PasskeyAdded = "PASSKEY_ADDED",
    /// A passkey was deleted.
    PasskeyRemoved = "PASSKEY_REMOVED",
    /// A passkey was renamed.
    PasskeyRenamed = "PASSKEY_RENAMED",
    /// A host behind forward auth was changed.
    ProtectedHostChanged = "PROTECTED_HOST_CHANGED",
    /// A host was put behind forward auth.
    ProtectedHostCreated = "PROTECTED_HOST_CREATED",
    /// A host behind forward auth was deleted.
    ProtectedHostDeleted = "PROTECTED_HOST_DELETED",
    /// A user was refused at a host behind forward auth, because they are in none of its groups.
    ProtectedHostRefused = "PROTECTED_HOST_REFUSED",
    /// A user signed in at a host behind forward auth.
    ProtectedHostSignIn = "PROTECTED_HOST_SIGN_IN",
    /// A token that lets a program register clients was created.
    RegistrationTokenCreated = "REGISTRATION_TOKEN_CREATED",
    /// A token that lets a program register clients was deleted.
    RegistrationTokenDeleted = "REGISTRATION_TOKEN_DELETED",
    /// A user signed in on one device by approving it on another.
    RemoteSignIn = "REMOTE_SIGN_IN",
    /// Tokens were revoked because a code or a refresh token was used twice.
    ReplayDetected = "REPLAY_DETECTED",
    /// A SCIM provider of a client was changed.
    ScimProviderChanged = "SCIM_PROVIDER_CHANGED",
    /// A client got a SCIM provider.
    ScimProviderCreated = "SCIM_PROVIDER_CREATED",
    /// A SCIM provider of a client was deleted.
    ScimProviderDeleted = "SCIM_PROVIDER_DELETED",
    /// A SCIM token was created.
    ScimTokenCreated = "SCIM_TOKEN_CREATED",
    /// A SCIM token was deleted.
    ScimTokenDeleted = "SCIM_TOKEN_DELETED",
    /// A SCIM token was replaced with a new one of the same name.
    ScimTokenRotated = "SCIM_TOKEN_ROTATED",
    /// A client secret or an API key expires within a week.
    SecretExpiring = "SECRET_EXPIRING",
    /// A browser session was ended by its user from elsewhere, or by an administrator.
    SessionRevoked = "SESSION_REVOKED",
    /// A user signed in with a passkey.
    SignIn = "SIGN_IN",
    /// The signing keys were replaced with new ones.
    SigningKeysRotated = "SIGNING_KEYS_ROTATED",
    /// An invitation was created.
    SignupTokenCreated = "SIGNUP_TOKEN_CREATED",
    /// An invitation was deleted.
    SignupTokenDeleted = "SIGNUP_TOKEN_DELETED",
    /// An account of hosts, or who may enter it, was changed.
    SshAccountChanged = "SSH_ACCOUNT_CHANGED",
    /// An account of hosts was opened to groups.
    SshAccountCreated = "SSH_ACCOUNT_CREATED",
    /// An account of hosts was closed.
    SshAccountDeleted = "SSH_ACCOUNT_DELETED",
    /// A key of an SSH certificate authority began to sign.
    SshCaKeyActivated = "SSH_CA_KEY_ACTIVATED",
    /// A key of an SSH certificate authority was created.
    SshCaKeyCreated = "SSH_CA_KEY_CREATED",
    /// A key of an SSH certificate authority was removed, which revokes its certificates.
    SshCaKeyRemoved = "SSH_CA_KEY_REMOVED",
    /// An SSH certificate was issued.
    SshCertificateIssued = "SSH_CERTIFICATE_ISSUED",
    /// A user asked for an SSH certificate that they may not have.
    SshCertificateRefused = "SSH_CERTIFICATE_REFUSED",
    /// An SSH certificate was revoked.
    SshCertificateRevoked = "SSH_CERTIFICATE_REVOKED",
    /// An administrator looked at the username and the passkeys of a user, who may get SSH certificates.
    SshUserConfirmed = "SSH_USER_CONFIRMED",
    /// An administrator gives a user no SSH certificates any more.
    SshUserWithdrawn = "SSH_USER_WITHDRAWN",
    /// A client exchanged a token of a user for the first time since its sign-in.
    TokenExchanged = "TOKEN_EXCHANGED",
    /// A user signed in with a one-time link or code.
    TokenSignIn = "TOKEN_SIGN_IN",
    /// The claims of a user were changed.
    UserClaimsChanged = "USER_CLAIMS_CHANGED",
    /// A webhook was changed.
    WebhookChanged = "WEBHOOK_CHANGED",
    /// A webhook was created.
    WebhookCreated = "WEBHOOK_CREATED",
    /// A webhook was deleted.
    WebhookDeleted = "WEBHOOK_DELETED",
    /// A webhook was disabled, because its receiver answered that it is gone.
    WebhookGone = "WEBHOOK_GONE",
    /// A webhook got a new secret.
    WebhookSecretRotated = "WEBHOOK_SECRET_ROTATED",
}

impl EventKind {
    /// Whether administrators are told of it by mail.
    pub fn is_notice(self) -> bool {
        matches!(
            self,
            Self::AdministratorAdded
                | Self::BackupFailed
                | Self::ClientRequested
                | Self::LastPasskeyRemoved
                | Self::ReplayDetected
                | Self::SecretExpiring
        )
    }

    /// Reads a name, ignoring case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str().eq_ignore_ascii_case(name))
    }
}

/// The origin of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The command line.
    Cli,
    /// A client that used a token.
    Client,
    /// The program itself, for example a configuration file that is applied on start.
    Program,
    /// A program that used a SCIM token.
    Scim(ScimActor),
    /// A user, in a browser or through an API key.
    User(UserActor),
}

/// The program behind an action over SCIM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimActor {
    /// Its token.
    pub id: ScimTokenId,
    /// The name of the token.
    pub name: ScimTokenName,
    /// The address of the program.
    pub ip_address: String,
    /// The `User-Agent` of the program.
    pub user_agent: String,
    /// Where the address is.
    pub location: Location,
}

/// The user behind an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserActor {
    /// The account. Unknown during sign-up and sign-in: then it is the account that the entry is
    /// about.
    pub id: Option<UserId>,
    /// Whether the action was made with an API key.
    pub is_api_key: bool,
    /// The address of the browser or script.
    pub ip_address: String,
    /// The `User-Agent` of the browser or script.
    pub user_agent: String,
    /// Where the address is.
    pub location: Location,
}

impl Actor {
    /// The name in the database.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Client | Self::Scim(_) => "client",
            Self::Program => "program",
            Self::User(user) if user.is_api_key => "api_key",
            Self::User(_) => "user",
        }
    }
}

/// The account or object that an entry is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concerned {
    /// The account.
    pub user_id: Option<UserId>,
    /// The id of any other object: a group, a client, an API ...
    pub object_id: Option<String>,
}

impl Concerned {
    /// The installation as a whole.
    pub const INSTALLATION: Self = Self { user_id: None, object_id: None };

    /// Adds an account to an object, for example a member to their group.
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

impl From<ProtectedHostId> for Concerned {
    fn from(id: ProtectedHostId) -> Self {
        Self::object(&id)
    }
}

impl From<ScimProviderId> for Concerned {
    fn from(id: ScimProviderId) -> Self {
        Self::object(&id)
    }
}

impl From<RegistrationTokenId> for Concerned {
    fn from(id: RegistrationTokenId) -> Self {
        Self::object(&id)
    }
}

impl From<ScimTokenId> for Concerned {
    fn from(id: ScimTokenId) -> Self {
        Self::object(&id)
    }
}

impl From<SignupTokenId> for Concerned {
    fn from(id: SignupTokenId) -> Self {
        Self::object(&id)
    }
}

impl From<SshAccountId> for Concerned {
    fn from(id: SshAccountId) -> Self {
        Self::object(&id)
    }
}

impl From<SshCaKeyId> for Concerned {
    fn from(id: SshCaKeyId) -> Self {
        Self::object(&id)
    }
}

impl From<SshCertificateId> for Concerned {
    fn from(id: SshCertificateId) -> Self {
        Self::object(&id)
    }
}

impl From<WebhookId> for Concerned {
    fn from(id: WebhookId) -> Self {
        Self::object(&id)
    }
}

impl From<&ClientId> for Concerned {
    fn from(id: &ClientId) -> Self {
        Self::object(id)
    }
}

/// An audit log entry, as it is written.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    /// Its id.
    pub id: AuditEventId,
    /// The kind of event.
    pub kind: EventKind,
    /// The account that the entry is about.
    pub user_id: Option<UserId>,
    /// The id of any other object that it is about: a group, a client, an API ...
    pub object_id: Option<String>,
    /// The origin of the action.
    pub actor: Actor,
    /// More details. Never contains a secret.
    pub data: BTreeMap<&'static str, String>,
    /// When it happened.
    pub created_at: Timestamp,
}

/// An audit log entry, as it is read: its kind may come from another version.
#[derive(Debug, Clone)]
pub struct LoggedEvent {
    /// Its id.
    pub id: AuditEventId,
    /// The name of the kind.
    pub kind: String,
    /// The account that the entry is about; none if it was deleted.
    pub user: Option<(UserId, Username)>,
    /// The id of any other object that it is about.
    pub object_id: Option<String>,
    /// The name of the origin, such as `cli` or `user`.
    pub actor: String,
    /// The user who acted; none if there was none or the account was deleted.
    pub actor_user: Option<(UserId, Username)>,
    /// The address of the browser.
    pub ip_address: Option<String>,
    /// The `User-Agent` of the browser.
    pub user_agent: Option<String>,
    /// Where the address was at that time.
    pub location: Location,
    /// More details.
    pub data: BTreeMap<String, String>,
    /// When it happened.
    pub created_at: Timestamp,
}

impl LoggedEvent {
    /// The name of the SCIM token of the program that acted.
    pub fn scim_token(&self) -> Option<&str> {
        let name = self.data.get("scimToken").filter(|_| self.actor == "client");
        name.map(String::as_str)
    }
}
