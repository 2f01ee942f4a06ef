//! Why an operation was refused: a value about the model, which each door words in one place.

use crate::{
    model::{ClaimName, Client, ClientId, GroupName, UserId, Username, text::TextError},
    store::StoreError,
};

use super::{clients::PublicClientFault, users::AccountNameTaken};

/// The nouns of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
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
    /// The last administrator who may sign in would go.
    LastAdministrator(Username),
    /// A user has to have this claim, and has not.
    NoSuchClaim(ClaimName),
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
    /// The database refused or failed.
    Store(StoreError),
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
