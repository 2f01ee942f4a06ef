//! Reasons for refusing an operation: values about the model. Each door words them in one place.

use crate::{
    crypto::Algorithm,
    model::{
        ApiKeyName, ClaimName, Client, ClientId, ClientName, ConfigKey, GroupId, GroupName,
        HostAddress, RegistrationTokenName, Resource, ScimTokenName, ScopeName, Timestamp, UserId,
        Username, WebhookName, text::TextError,
    },
    store::StoreError,
};

use super::{
    clients::{PublicClientFault, SecurityProfileFault, TlsClientAuthFault, TrustedIssuersFault},
    ssh::SshRefusal,
    users::AccountNameTaken,
};

/// The nouns of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// A resource server.
    Api,
    /// A key of the REST API.
    ApiKey,
    /// A subject of another issuer that stands for a user.
    AssertedSubject,
    /// A client.
    Client,
    /// A secret of a client.
    ClientSecret,
    /// A logo of a client.
    Logo,
    /// A client that waits for an administrator.
    ClientRequest,
    /// An initial access token.
    RegistrationToken,
    /// An account.
    User,
    /// The consent of a user to a client.
    Authorization,
    /// The access of a client on behalf of a user.
    Grant,
    /// A group of users.
    Group,
    /// A picture.
    Image,
    /// A passkey.
    Passkey,
    /// A host behind forward auth.
    ProtectedHost,
    /// A SCIM provider.
    ScimProvider,
    /// A SCIM token.
    ScimToken,
    /// A browser session.
    Session,
    /// An invitation.
    SignupToken,
    /// An account of hosts.
    SshAccount,
    /// A key of an SSH certificate authority.
    SshCaKey,
    /// An SSH certificate.
    SshCertificate,
    /// A webhook.
    Webhook,
}

/// The reason why an operation was refused. Nothing was changed.
#[derive(Debug)]
pub enum Refusal {
    /// The username or the email belongs to another account.
    AccountName(Box<AccountNameTaken>),
    /// The expiry of an API key is in the past.
    ApiKeyExpiryPast,
    /// SCIM does not change administrators.
    AdministratorOverScim(Username),
    /// The API key is still valid; only expired keys can be renewed.
    ApiKeyNotExpired(ApiKeyName),
    /// The application configuration, including this key, is in the environment of the server.
    AppConfigInEnvironment(ConfigKey),
    /// A claim is listed more than once.
    ClaimTwice(ClaimName),
    /// The claims are too many or too long for a token.
    ClaimsTooLarge,
    /// The field comes from the client's metadata document and cannot be changed here.
    ClientDescribesItself(ClientId),
    /// The client that waits describes itself in another way than was shown.
    ClientRequestChanged(ClientId),
    /// Another client has this id.
    ClientIdInUse(Box<Client>),
    /// About SSH.
    Ssh(SshRefusal),
    /// The group comes from a directory, and is changed there.
    DirectoryGroup(GroupName),
    /// The account comes from a directory, and is changed there.
    DirectoryUser(Username),
    /// The program gave this `externalId` to another user or group.
    ExternalIdInUse(String),
    /// A value is invalid.
    Field {
        /// The name of the field in the REST API.
        field: &'static str,
        /// The reason.
        error: TextError,
    },
    /// Another group has this name.
    GroupNameInUse(GroupName),
    /// The name of a group has the form of an id.
    GroupNameReadsAsId(GroupName),
    /// The image file is broken, or has too many pixels.
    ImageInvalid,
    /// The file has more than this many bytes.
    ImageTooLarge(usize),
    /// The file is no image, or not of one of the types that fit; `None` means every type fits.
    ImageType(Option<&'static str>),
    /// The change would remove the last administrator who can sign in.
    LastAdministrator(Username),
    /// The key of a permission is too long.
    PermissionKeyTooLong {
        /// Its position in the list.
        index: usize,
        /// The key.
        key: ScopeName,
    },
    /// The end of a membership is in the past.
    MembershipEndPast,
    /// The end of a membership is more than ten years away.
    MembershipEndTooFar,
    /// A permission is listed more than once.
    PermissionTwice {
        /// The position of the second one.
        index: usize,
        /// Its key.
        key: ScopeName,
    },
    /// A public client cannot act for itself, since its identity cannot be verified.
    PublicClientForItself(ClientId),
    /// Another API has this resource.
    ResourceInUse(Resource),
    /// The resource is the issuer URL of this provider.
    ResourceIsIssuer(Resource),
    /// The user does not have this claim.
    NoSuchClaim(ClaimName),
    /// The API does not have this permission.
    NoSuchPermission {
        /// The API.
        resource: Resource,
        /// The key of the permission.
        key: ScopeName,
    },
    /// Another server is asked for, and this one was named.
    NamesThisServer {
        /// The name of the field in the REST API.
        field: &'static str,
    },
    /// An exchange of a client names a permission that the API does not have.
    NoSuchExchangePermission {
        /// The API.
        resource: Resource,
        /// The key of the permission.
        key: ScopeName,
    },
    /// The caller's session ended, or the caller was disabled or is no longer an administrator.
    NotSignedInAnyMore,
    /// The object does not exist, or no longer does.
    NotFound(Noun),
    /// The account is that of a person.
    NotAService(Username),
    /// A service has no passkeys, codes and API keys, and is no administrator.
    NotForServices(Username),
    /// Tokens of this issuer with this subject stand for another service.
    ServiceSubjectInUse(Username),
    /// There is the maximum number of services.
    TooManyServices,
    /// The user is not in the group.
    NotInGroup {
        /// The user.
        username: Username,
        /// The group.
        group: GroupName,
    },
    /// The client cannot be public with its settings.
    PublicClient(PublicClientFault),
    /// A public client cannot have a secret.
    PublicClientSecret(ClientId),
    /// The name of a client looks like that of another one, or of this installation.
    ClientNameImitates(ClientName),
    /// No client can be registered with this token.
    RegistrationTokenInvalid,
    /// Another initial access token has this name.
    RegistrationTokenNameInUse(RegistrationTokenName),
    /// The expiry of an initial access token is in the past.
    RegistrationTokenExpiryPast,
    /// A client that describes itself always asks for consent.
    SelfRegisteredNeedsConsent(ClientId),
    /// There is the maximum number of initial access tokens.
    TooManyRegistrationTokens,
    /// So many clients of the caller's network wait for an administrator already.
    TooManyPendingOfNetwork(usize),
    /// The caller, or everyone together, has the maximum number of clients that wait or are unused.
    TooManyRegistrations,
    /// The expiry of a SCIM token is in the past.
    ScimTokenExpiryPast,
    /// Another SCIM token has this name.
    ScimTokenNameInUse(ScimTokenName),
    /// The expiry of a secret is in the past.
    SecretExpiresInThePast,
    /// The client cannot keep to its security profile with its settings.
    SecurityProfile(ClientName, SecurityProfileFault),
    /// A default group for new accounts does not exist.
    SignupGroupUnknown(GroupId),
    /// The client cannot prove itself with TLS certificates in this way.
    TlsClientAuth(TlsClientAuthFault),
    /// The client cannot have its trusted issuers.
    TrustedIssuers(ClientId, TrustedIssuersFault),
    /// The database refused the change or failed.
    Store(StoreError),
    /// The user has the maximum number of API keys.
    TooManyApiKeys {
        /// The number of keys.
        count: usize,
    },
    /// There is the maximum number of SCIM tokens.
    TooManyScimTokens,
    /// The client has the maximum number of secrets.
    TooManySecrets(ClientId),
    /// The account has no email.
    NoEmail(Username),
    /// The algorithm has the maximum number of published signing keys.
    TooManySigningKeys {
        /// The algorithm.
        algorithm: Algorithm,
        /// When the first of them is no longer published.
        next_retires: Option<Timestamp>,
    },
    /// The user does not exist.
    UnknownUser(UserId),
    /// The account is disabled.
    UserDisabled(Username),
    /// The host is behind forward auth already.
    ProtectedHostInUse(HostAddress),
    /// The host is that of this server.
    ProtectedHostIsIssuer(HostAddress),
    /// There is the maximum number of hosts behind forward auth.
    TooManyProtectedHosts,
    /// There is the maximum number of webhooks.
    TooManyWebhooks,
    /// Another account has this id.
    UserIdInUse(UserId),
    /// Another webhook has this name.
    WebhookNameInUse(WebhookName),
}

impl From<SshRefusal> for Refusal {
    fn from(refusal: SshRefusal) -> Self {
        Self::Ssh(refusal)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
