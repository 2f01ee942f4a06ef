//! Why an operation was refused: a value about the model, which each door words in one place.

use crate::{
    model::{
        ApiKeyName, ApplicationImage, ClaimName, Client, ClientId, ConfigKey, GroupId, GroupName,
        Resource, ScopeName, UserId, Username, text::TextError,
    },
    store::StoreError,
};

use super::{clients::PublicClientFault, users::AccountNameTaken};

/// The nouns of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// A resource server.
    Api,
    /// A key of the REST API.
    ApiKey,
    /// A client.
    Client,
    /// A secret of a client.
    ClientSecret,
    /// A logo of a client.
    Logo,
    /// An account.
    User,
    /// What a user allowed a client.
    Authorization,
    /// What a client may do for a user.
    Grant,
    /// A group of users.
    Group,
    /// A picture.
    Image,
    /// A passkey.
    Passkey,
    /// A browser session.
    Session,
    /// An invitation.
    SignupToken,
}

/// Why an operation was refused. Nothing was changed.
#[derive(Debug)]
pub enum Refusal {
    /// The username or the email stands for another account.
    AccountName(Box<AccountNameTaken>),
    /// A key would have expired already.
    ApiKeyExpiryPast,
    /// A key still works, and is replaced only when it does not.
    ApiKeyNotExpired(ApiKeyName),
    /// The environment of the server keeps the application configuration, this key with it.
    AppConfigInEnvironment(ConfigKey),
    /// A claim is listed more than once.
    ClaimTwice(ClaimName),
    /// The claims are too many or too long for a token.
    ClaimsTooLarge,
    /// The document of a client says what somebody wants to change.
    ClientDescribesItself(ClientId),
    /// Another client has this id.
    ClientIdInUse(Box<Client>),
    /// A value cannot be what it has to be; `field` is its name in the REST API.
    Field {
        /// The name of the field in the REST API.
        field: &'static str,
        /// What is wrong with it.
        error: TextError,
    },
    /// Another group has this name.
    GroupNameInUse(GroupName),
    /// The name of a group has the form of an id.
    GroupNameReadsAsId(GroupName),
    /// A file is broken, or has too many pixels.
    ImageInvalid,
    /// A file has more than so many bytes.
    ImageTooLarge(usize),
    /// A file is no picture, or of a type that does not do for its place.
    ImageType(ApplicationImage),
    /// The last administrator who may sign in would go.
    LastAdministrator(Username),
    /// The key of a permission is too long.
    PermissionKeyTooLong {
        /// Where it stands in the list.
        index: usize,
        /// The key.
        key: ScopeName,
    },
    /// A permission is listed more than once.
    PermissionTwice {
        /// Where the second one stands in the list.
        index: usize,
        /// Its key.
        key: ScopeName,
    },
    /// A public client would act for itself, as which anybody can pass.
    PublicClientForItself(ClientId),
    /// Another API has this resource.
    ResourceInUse(Resource),
    /// The resource is this provider itself.
    ResourceIsIssuer(Resource),
    /// A user has to have this claim, and has not.
    NoSuchClaim(ClaimName),
    /// An API has to have this permission, and has not.
    NoSuchPermission {
        /// The API.
        resource: Resource,
        /// The key of the permission.
        key: ScopeName,
    },
    /// Whoever asked was signed out, disabled, or is no administrator any more.
    NotSignedInAnyMore,
    /// There is no such thing (any more).
    NotFound(Noun),
    /// A user has to be in a group, and is not.
    NotInGroup {
        /// The user.
        username: Username,
        /// The group.
        group: GroupName,
    },
    /// A client cannot be public as it is, or have what it wants.
    PublicClient(PublicClientFault),
    /// A public client is to get a secret.
    PublicClientSecret(ClientId),
    /// A secret would have expired before it exists.
    SecretExpiresInThePast,
    /// New accounts were to be in a group that does not exist.
    SignupGroupUnknown(GroupId),
    /// The database refused or failed.
    Store(StoreError),
    /// Somebody has as many keys as can be.
    TooManyApiKeys {
        /// How many.
        count: usize,
    },
    /// A client has as many secrets as it can have.
    TooManySecrets(ClientId),
    /// A user that was named does not exist.
    UnknownUser(UserId),
    /// The account is disabled.
    UserDisabled(Username),
    /// Another account has this id.
    UserIdInUse(UserId),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
