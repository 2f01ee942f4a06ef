//! Words the refusals of operations for the terminal; no other module does.

use super::error::CliError;
use crate::{
    model::{
        ClientId, ConfigKey, Permission,
        custom_claim::{MAX_CLAIM_BYTES, MAX_CLAIMS},
    },
    operations::{
        Noun, Refusal,
        clients::{MAX_SECRETS, PublicClientFault},
        users::AccountNameTaken,
    },
    store::users::Taken,
};

impl From<Refusal> for CliError {
    #[expect(
        clippy::too_many_lines,
        reason = "there is an arm for each refusal, and no more than that"
    )]
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::AccountName(taken) => account_name_taken(&taken),
            Refusal::ApiKeyExpiryPast => Self::usage("the key would have expired already"),
            Refusal::ApiKeyNotExpired(name) => {
                Self::refused(format!("the key {name} has not expired yet"))
                    .hint("make another one: pocketid api-key create NAME --for USER")
            }
            Refusal::AppConfigInEnvironment(key) => app_config_in_environment(key),
            Refusal::ClaimTwice(name) => Self::usage(format!("the claim {name} is given twice"))
                .hint(
                    "give each claim once; several values can be a JSON array: KEY='[\"a\",\"b\"]'",
                ),
            Refusal::ClaimsTooLarge => Self::refused(format!(
                "that would be more than {MAX_CLAIMS} claims or {MAX_CLAIM_BYTES} bytes of them"
            ))
            .hint("every token has all of them; applications can look long ones up elsewhere"),
            Refusal::ClientDescribesItself(id) => Self::refused(format!(
                "{id} describes itself: its name, its type and its callback URLs are in its document"
            ))
            .hint("change the document at that address; it is fetched again when it has expired"),
            Refusal::ClientIdInUse(owner) => {
                let message =
                    format!("there is a client with the ID {} already: {}", owner.id, owner.name);
                Self::refused(message)
                    .hint("choose another --id, or add --if-absent to leave the client as it is")
            }
            Refusal::Field { field, error } => Self::refused(format!("{field} {error}")),
            Refusal::GroupNameInUse(name) => {
                Self::refused(format!("there is a group {name} already"))
                    .hint("choose another --name")
            }
            Refusal::GroupNameReadsAsId(name) => {
                let message =
                    format!("{name} has the form of an id, and cannot be the name of a group");
                Self::refused(message)
                    .hint("commands take an id or a name; choose a name that cannot be an id")
            }
            Refusal::ImageInvalid => Self::refused("the file is broken, or has too many pixels")
                .hint("a picture may have 16,384 pixels on a side, and 50 million in all"),
            Refusal::ImageTooLarge(max) => image_too_large(max),
            Refusal::ImageType(wanted) => image_type(wanted),
            Refusal::LastAdministrator(username) => last_administrator(&username.to_string()),
            Refusal::NoSuchClaim(name) => {
                Self::refused(format!("there is no claim {name} to remove"))
                    .hint("to go on without it, add --if-present")
            }
            Refusal::NotSignedInAnyMore => Self::refused("you are not signed in any more"),
            Refusal::NotFound(noun) => not_found(noun),
            Refusal::NotInGroup { username, group } => {
                Self::refused(format!("{username} is not in {group}"))
                    .hint("add --if-present to pass over those who are not in it")
            }
            Refusal::PublicClient(fault) => public_client(fault),
            Refusal::PublicClientSecret(id) => {
                Self::refused(format!("{id} is public and has no secret")).hint(format!(
                    "for one that can keep it: pocketid client update {id} --confidential"
                ))
            }
            Refusal::SecretExpiresInThePast => {
                Self::usage("the secret would have expired before it exists")
                    .hint("give a moment in the future, or none")
            }
            Refusal::NoSuchPermission { resource, key } => {
                Self::refused(format!("{resource} has no permission {key}"))
                    .hint(format!("to add it: pocketid api permission add {resource} {key}"))
            }
            Refusal::PermissionKeyTooLong { key, .. } => {
                let most = Permission::MAX_KEY;
                Self::usage(format!("the permission {key} is longer than {most} characters"))
            }
            Refusal::PermissionTwice { key, .. } => {
                Self::usage(format!("the permission {key} is given twice"))
            }
            Refusal::PublicClientForItself(id) => Self::refused(format!("{id} is a public client"))
                .hint(
                    "anybody can claim to be a public client, so it cannot act for itself; leave \
                     --for out",
                ),
            Refusal::ResourceInUse(resource) => {
                Self::refused(format!("there is an API {resource} already"))
                    .hint("add --if-absent to leave it as it is")
            }
            Refusal::ResourceIsIssuer(resource) => {
                Self::usage(format!("{resource} is this provider itself"))
                    .hint("give the address of the API")
            }
            Refusal::SignupGroupUnknown(id) => Self::refused(format!("there is no group {id}"))
                .hint("ids are in: pocketid group list -o json"),
            Refusal::Store(error) => error.into(),
            Refusal::UserDisabled(username) => {
                Self::refused(format!("{username} is disabled and may not sign in"))
                    .hint(format!("let them in again first: pocketid user enable {username}"))
            }
            Refusal::UserIdInUse(id) => {
                Self::refused(format!("there is a user with the id {id} already"))
                    .hint("leave the id out, or choose another one")
            }
            Refusal::TooManySecrets(id) => Self::refused(format!(
                "{id} has {MAX_SECRETS} secrets, which is as many as there can be"
            ))
            .hint(format!("see which can go: pocketid client secret list {id}")),
            Refusal::TooManyApiKeys { count } => {
                let message =
                    format!("the user has {count} keys, which is as many as there can be");
                Self::refused(message).hint("see which can go: pocketid api-key list USER")
            }
            Refusal::UnknownUser(id) => Self::refused(format!("there is no user {id}"))
                .hint("to see all of them: pocketid user list"),
        }
    }
}

fn app_config_in_environment(key: ConfigKey) -> CliError {
    let (name, variable) = (key.name(), key.env());
    CliError::refused(format!("{name} comes from the environment, since UI_CONFIG_DISABLED is true"))
        .hint(format!(
            "set {variable} there and restart the server, or take UI_CONFIG_DISABLED away to keep settings \
             in the database"
        ))
}

fn image_too_large(max: usize) -> CliError {
    CliError::refused(format!("the file has more than {} MiB", max / (1024 * 1024)))
        .hint("save it with fewer pixels, or in another format")
}

fn image_type(wanted: Option<&str>) -> CliError {
    let wanted = wanted.unwrap_or("AVIF, GIF, ICO, JPEG, PNG, SVG or WebP");
    CliError::refused(format!("the file is no picture of the type {wanted}"))
        .hint("the content counts, not the name of the file")
}

/// An error for an object that was deleted since the command found it.
fn not_found(noun: Noun) -> CliError {
    let (name, list) = match noun {
        Noun::Api => ("api", "api list"),
        Noun::ApiKey => ("key", "api-key list"),
        Noun::Authorization | Noun::Grant => ("grant", "grant list"),
        Noun::Client => ("client", "client list"),
        Noun::ClientSecret => ("secret", "client secret list CLIENT"),
        Noun::Group => ("group", "group list"),
        Noun::Image => ("image", "config list"),
        Noun::Logo => ("logo", "client list"),
        Noun::Passkey => ("passkey", "passkey list USER"),
        Noun::ScimProvider => ("SCIM provider", "client list"),
        Noun::Session => ("session", "session list"),
        Noun::SignupToken => ("invitation", "signup-token list"),
        Noun::User => ("user", "user list"),
    };
    CliError::refused(format!("the {name} was deleted meanwhile"))
        .hint(format!("to see all of them: pocketid {list}"))
}

/// The same faults of a public client in a configuration file, where the command-line hints do not
/// apply.
pub fn public_client_in_file(id: &ClientId, fault: PublicClientFault) -> CliError {
    match fault {
        PublicClientFault::HasKeys => {
            CliError::refused(format!("the public client {id} has nothing to prove itself with"))
                .hint("take jwks and federatedIdentities from it, or isPublic")
        }
        PublicClientFault::NeedsCallback => {
            CliError::refused(format!("the public client {id} needs callbackURLs"))
                .hint("anybody can claim to be a public client, so it must not choose its own")
        }
        PublicClientFault::NeedsPkce => {
            CliError::refused(format!("the public client {id} must use PKCE"))
                .hint("take pkceEnabled from it, or isPublic")
        }
    }
}

fn public_client(fault: PublicClientFault) -> CliError {
    match fault {
        PublicClientFault::HasKeys => CliError::usage(
            "a public client has nothing to prove itself with",
        )
        .hint("leave --public, --jwks and --federated out, or add --no-jwks and --no-federated"),
        PublicClientFault::NeedsCallback => CliError::usage("a public client needs a --callback")
            .hint("anybody can claim to be a public client, so it must not choose its own"),
        PublicClientFault::NeedsPkce => {
            CliError::usage("a public client must use PKCE").hint("leave --no-pkce out")
        }
    }
}

fn last_administrator(username: &str) -> CliError {
    CliError::refused(format!("{username} is the last administrator who may sign in"))
        .hint("make another one first: pocketid user add NAME --admin --login-link")
        .hint(
            "or add --yes if it is meant: `pocketid setup` will work again, and so will the page \
             /setup with the code that `pocketid setup --code` prints",
        )
}

fn account_name_taken(taken: &AccountNameTaken) -> CliError {
    let (username, is_new) = (&taken.username, taken.is_new);
    let email = taken.email.as_ref().map(ToString::to_string).unwrap_or_default();
    match &taken.taken {
        Taken::EmailInUse(owner) => {
            let message = format!("{email} is the address of {owner} already");
            CliError::refused(message).hint(if is_new {
                "two accounts cannot share an address; give another one, or none"
            } else {
                "two accounts cannot share an address; give another one"
            })
        }
        Taken::EmailIsUsername(owner) => {
            CliError::refused(format!("{email} is the username of another account, {owner}"))
                .hint("one name would stand for two accounts; give another email, or none")
        }
        Taken::UsernameInUse(_) => {
            let message = format!("there is a user {username} already");
            CliError::refused(message).hint(if is_new {
                format!("look with: pocketid user show {username}")
            } else {
                "choose another --username".to_owned()
            })
        }
        Taken::UsernameIsEmail(owner) => {
            CliError::refused(format!("{username} is the email of {owner}"))
                .hint("one name would stand for two accounts; choose another username")
        }
        Taken::UsernameReadsAsId => {
            CliError::refused(format!("{username} has the form of an id, and cannot be a username"))
                .hint("commands take an id or a name; choose a username that cannot be an id")
        }
    }
}
