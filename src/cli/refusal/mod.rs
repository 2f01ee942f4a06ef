//! Words the refusals of operations for the terminal; no other module does.

mod clients;
mod fields;
mod ssh;

pub use clients::public_client_in_file;
use clients::{public_client, security_profile, tls_client_auth, trusted_issuers};
pub use fields::in_file;
use fields::{field_error, names_this_server};

use super::error::CliError;
use crate::{
    crypto::Algorithm,
    model::{
        ConfigKey, Permission, RegistrationToken, ScimToken, ServiceIdentity, Timestamp,
        custom_claim::{MAX_CLAIM_BYTES, MAX_CLAIMS},
    },
    operations::{
        Noun, Refusal, clients::MAX_SECRETS, protected_hosts::MAX_PROTECTED_HOSTS,
        signing_keys::MAX_PUBLISHED, users::AccountNameTaken, webhooks::MAX_WEBHOOKS,
    },
    store::users::TakenName,
};

impl From<Refusal> for CliError {
    #[expect(
        clippy::too_many_lines,
        reason = "there is an arm for each refusal, and no more than that"
    )]
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::AccountName(taken) => account_name_taken(&taken),
            Refusal::AdministratorOverScim(username) => {
                Self::refused(format!("{username} is an administrator, whom SCIM does not change"))
                    .hint(format!(
                        "change the account here: pocketid user update {username} --help"
                    ))
            }
            Refusal::ApiKeyExpiryPast => Self::usage("the expiry of the key is in the past")
                .hint("give a time in the future: --expires 30d"),
            Refusal::ApiKeyNotExpired(name) => {
                Self::refused(format!("the key {name} has not expired yet"))
                    .hint("create another key: pocketid api-key create NAME --for USER")
            }
            Refusal::AppConfigInEnvironment(key) => app_config_in_environment(key),
            Refusal::ClaimTwice(name) => Self::usage(format!("the claim {name} is given twice"))
                .hint(
                    "give each claim once; several values can be a JSON array: KEY='[\"a\",\"b\"]'",
                ),
            Refusal::ClaimsTooLarge => Self::refused(format!(
                "there would be more than {MAX_CLAIMS} claims or {MAX_CLAIM_BYTES} bytes of claims"
            ))
            .hint(
                "every token contains all claims; let applications look up long values elsewhere",
            ),
            Refusal::ClientDescribesItself(id) => Self::refused(format!(
                "the name, the type and the callback URLs of {id} come from its metadata document"
            ))
            .hint("change the document at that address; it is fetched again when it has expired"),
            Refusal::ClientIdInUse(owner) => {
                let message =
                    format!("a client with the ID {} already exists: {}", owner.id, owner.name);
                Self::refused(message)
                    .hint("choose another --id, or add --if-absent to keep the existing client")
            }
            Refusal::ClientRequestChanged(id) => {
                Self::refused(format!("{id} changed meanwhile, and was not approved"))
                    .hint("look at it again: pocketid client pending")
            }
            Refusal::ClientNameImitates(name) => {
                Self::refused(format!("the name {name} looks like that of another application"))
                    .hint("choose another name; the others: pocketid client list")
            }
            Refusal::DirectoryGroup(name) => {
                Self::refused(format!("the group {name} comes from the directory"))
                    .hint("change it in the directory, and then take it over: pocketid ldap sync")
            }
            Refusal::DirectoryUser(username) => {
                Self::refused(format!("the account {username} comes from the directory"))
                    .hint("change it in the directory, and then take it over: pocketid ldap sync")
            }
            Refusal::ExternalIdInUse(id) => {
                Self::refused(format!("the externalId {id} belongs to another user or group"))
                    .hint("give each user and each group an externalId of its own")
            }
            Refusal::Field { field, error } => field_error(field, &error.message),
            Refusal::GroupNameInUse(name) => {
                Self::refused(format!("the group {name} already exists"))
                    .hint("choose another --name")
            }
            Refusal::GroupNameReadsAsId(name) => {
                let message =
                    format!("{name} has the form of an id, and cannot be the name of a group");
                Self::refused(message)
                    .hint("commands take an id or a name; choose a name that cannot be an id")
            }
            Refusal::ImageInvalid => Self::refused("the file is damaged, or has too many pixels")
                .hint("an image may have at most 16,384 pixels on a side, and 50 million in total"),
            Refusal::ImageTooLarge(max) => image_too_large(max),
            Refusal::ImageType(wanted) => image_type(wanted),
            Refusal::LastAdministrator(username) => last_administrator(&username.to_string()),
            Refusal::NoSuchClaim(name) => {
                Self::refused(format!("there is no claim {name} to remove"))
                    .hint("to ignore it, add --if-present")
            }
            Refusal::NamesThisServer { field } => names_this_server(field),
            Refusal::NotSignedInAnyMore => Self::refused("you are no longer signed in")
                .hint("sign in again, and repeat the change"),
            Refusal::NotFound(noun) => not_found(noun),
            Refusal::NotAService(username) => {
                Self::refused(format!("{username} is a person, and no service"))
                    .hint("the services: pocketid service list")
            }
            Refusal::NotForServices(username) => Self::refused(format!(
                "{username} is a service, which has no passkeys, codes and API keys, and is no \
                 administrator"
            ))
            .hint(format!("how it gets tokens: pocketid service show {username}")),
            Refusal::ServiceSubjectInUse(username) => Self::refused(format!(
                "tokens of this issuer with this subject stand for {username}"
            ))
            .hint(format!(
                "remove them there first: pocketid service update {username} --no-federated"
            ))
            .hint(format!("that removes every issuer of {username}; give it the others again")),
            Refusal::TooManyServices => {
                Self::refused(format!("there are {} services already", ServiceIdentity::MAX))
                    .hint("remove one that is not used: pocketid service list")
            }
            Refusal::NotInGroup { username, group } => {
                Self::refused(format!("{username} is not in {group}"))
                    .hint("add --if-present to skip users who are not in it")
            }
            Refusal::MembershipEndPast => Self::usage("the end of the membership is in the past")
                .hint("give a time in the future: --until 8h, --until 2027-01-31"),
            Refusal::MembershipEndTooFar => {
                Self::usage("the end of the membership is more than ten years away")
                    .hint("for a membership that does not end: --until never")
            }
            Refusal::PublicClient(fault) => public_client(fault),
            Refusal::SecurityProfile(name, fault) => security_profile(&name, &fault),
            Refusal::PublicClientSecret(id) => Self::refused(format!(
                "{id} is public and has no secret"
            ))
            .hint(format!("to make it confidential: pocketid client update {id} --confidential")),
            Refusal::RegistrationTokenExpiryPast => {
                Self::usage("the expiry of the token is in the past")
                    .hint("give a time in the future: --expires 365d")
            }
            Refusal::RegistrationTokenInvalid => Self::refused("the token is unknown or expired")
                .hint("for a new one: pocketid registration token create NAME"),
            Refusal::RegistrationTokenNameInUse(name) => {
                Self::refused(format!("the registration token {name} already exists"))
                    .hint("add --if-absent to keep it unchanged, or choose another name")
            }
            Refusal::SelfRegisteredNeedsConsent(id) => Self::refused(format!(
                "{id} describes itself, so that people are asked for consent"
            ))
            .hint("register an application of your own instead: pocketid client create NAME"),
            Refusal::ScimTokenExpiryPast => {
                Self::usage("the token has expired, or its expiry is in the past")
                    .hint("give a time in the future: --expires 365d")
            }
            Refusal::ScimTokenNameInUse(name) => {
                Self::refused(format!("the SCIM token {name} already exists")).hint(
                    "add --if-absent to keep it unchanged, or choose another name; for a new token \
                     of this name: pocketid scim token rotate NAME",
                )
            }
            Refusal::SecretExpiresInThePast => {
                Self::usage("the expiry of the secret is in the past")
                    .hint("give a time in the future, or leave it out")
            }
            Refusal::NoSuchExchangePermission { resource, key }
            | Refusal::NoSuchPermission { resource, key } => {
                Self::refused(format!("{resource} has no permission {key}"))
                    .hint(format!("to add it: pocketid api permission add {resource} {key}"))
            }
            Refusal::PermissionKeyTooLong { key, .. } => {
                let most = Permission::MAX_KEY;
                Self::usage(format!("the permission {key} is longer than {most} characters"))
                    .hint("choose a shorter key")
            }
            Refusal::PermissionTwice { key, .. } => {
                Self::usage(format!("the permission {key} is given twice"))
                    .hint("give each permission once")
            }
            Refusal::PublicClientForItself(id) => Self::refused(format!("{id} is a public client"))
                .hint(
                    "a public client cannot authenticate, so it cannot act for itself; leave \
                     --for out",
                ),
            Refusal::ResourceInUse(resource) => {
                Self::refused(format!("the API {resource} already exists"))
                    .hint("add --if-absent to keep it unchanged")
            }
            Refusal::ResourceIsIssuer(resource) => {
                Self::usage(format!("{resource} is this provider itself"))
                    .hint("give the address of the API")
            }
            Refusal::SignupGroupUnknown(id) => {
                Self::refused(format!("the group {id} does not exist"))
                    .hint("to list the ids: pocketid group list -o json")
            }
            Refusal::Ssh(refusal) => refusal.into(),
            Refusal::Store(error) => error.into(),
            Refusal::TlsClientAuth(fault) => tls_client_auth(fault),
            Refusal::TrustedIssuers(id, fault) => trusted_issuers(&id, fault),
            Refusal::NoEmail(username) => Self::refused(format!("{username} has no email"))
                .hint(format!("set one: pocketid user update {username} --email ADDRESS")),
            Refusal::UserDisabled(username) => {
                Self::refused(format!("{username} is disabled and cannot sign in"))
                    .hint(format!("enable the user first: pocketid user enable {username}"))
            }
            Refusal::UserIdInUse(id) => {
                Self::refused(format!("a user with the id {id} already exists"))
                    .hint("leave the id out, or choose another id")
            }
            Refusal::TooManySecrets(id) => Self::refused(format!(
                "{id} has {MAX_SECRETS} secrets, which is the maximum"
            ))
            .hint(format!(
                "delete one that is not needed; to list them: pocketid client secret list {id}"
            )),
            Refusal::TooManyScimTokens => {
                let message = format!("there are {} SCIM tokens already", ScimToken::MAX);
                Self::refused(message)
                    .hint("delete one that is not needed; to list them: pocketid scim token list")
            }
            Refusal::TooManyRegistrationTokens => {
                let message =
                    format!("there are {} registration tokens already", RegistrationToken::MAX);
                Self::refused(message).hint(
                    "delete one that is not needed; to list them: pocketid registration token list",
                )
            }
            Refusal::TooManyPendingOfNetwork(_) | Refusal::TooManyRegistrations => {
                Self::refused("too many clients wait for an administrator, or are unused")
                    .hint("to list those that wait: pocketid client pending")
            }
            Refusal::TooManyApiKeys { count } => {
                let message = format!("the user has {count} API keys, which is the maximum");
                Self::refused(message)
                    .hint("delete one that is not needed; to list them: pocketid api-key list USER")
            }
            Refusal::TooManySigningKeys { algorithm, next_retires } => {
                too_many_signing_keys(algorithm, next_retires)
            }
            Refusal::ProtectedHostInUse(host) => {
                Self::refused(format!("{host} is protected already"))
                    .hint(format!("to change it: pocketid protect update {host} --group GROUP"))
            }
            Refusal::ProtectedHostIsIssuer(host) => Self::refused(format!(
                "{host} is the host of this server, which cannot protect itself"
            ))
            .hint("give the host of an application"),
            Refusal::TooManyProtectedHosts => Self::refused(format!(
                "there are {MAX_PROTECTED_HOSTS} protected hosts, which is the maximum"
            ))
            .hint("delete one that is not needed; to list them: pocketid protect list"),
            Refusal::TooManyWebhooks => {
                Self::refused(format!("there are {MAX_WEBHOOKS} webhooks, which is the maximum"))
                    .hint("delete one that is not needed; to list them: pocketid webhook list")
            }
            Refusal::WebhookNameInUse(name) => {
                Self::refused(format!("the webhook {name} already exists"))
                    .hint("choose another name; to list them: pocketid webhook list")
            }
            Refusal::UnknownUser(id) => Self::refused(format!("the user {id} does not exist"))
                .hint("to list them: pocketid user list"),
        }
    }
}

fn too_many_signing_keys(algorithm: Algorithm, next_retires: Option<Timestamp>) -> CliError {
    let name = algorithm.as_str();
    let wait = match next_retires {
        Some(moment) => format!("wait until {moment}, when the first of them is retired"),
        None => "wait until the old ones are retired".to_owned(),
    };
    let hint = format!("{wait}; if they leaked: pocketid rotate-keys --alg {name} --revoke");
    CliError::refused(format!("{name} has {MAX_PUBLISHED} published keys, which is the maximum"))
        .hint(hint)
}

fn app_config_in_environment(key: ConfigKey) -> CliError {
    let (name, variable) = (key.name(), key.env());
    CliError::refused(format!(
        "{name} comes from the environment, since UI_CONFIG_DISABLED is true"
    ))
    .hint(format!(
        "set {variable} there and restart the server, or remove UI_CONFIG_DISABLED to keep \
         settings in the database"
    ))
}

fn image_too_large(max: usize) -> CliError {
    CliError::refused(format!("the file is larger than {} MiB", max / (1024 * 1024)))
        .hint("save it with fewer pixels, or in another format")
}

fn image_type(wanted: Option<&str>) -> CliError {
    let wanted = wanted.unwrap_or("AVIF, GIF, ICO, JPEG, PNG, SVG or WebP");
    CliError::refused(format!("the file is not an image of the type {wanted}"))
        .hint("the content counts, not the name of the file")
}

/// An error for an object that was deleted since the command found it.
fn not_found(noun: Noun) -> CliError {
    let (name, list) = match noun {
        Noun::Api => ("api", "pocketid api list"),
        Noun::ApiKey => ("key", "pocketid api-key list"),
        Noun::AssertedSubject => ("asserted subject", "pocketid user asserted-subject list"),
        Noun::Authorization | Noun::Grant => ("grant", "pocketid grant list"),
        Noun::Client => ("client", "pocketid client list"),
        Noun::ClientRequest => ("request", "pocketid client pending"),
        Noun::ClientSecret => ("secret", "pocketid client secret list CLIENT"),
        Noun::Group => ("group", "pocketid group list"),
        Noun::Image => ("image", "pocketid config list"),
        Noun::Logo => ("logo", "pocketid client list"),
        Noun::Passkey => ("passkey", "pocketid passkey list USER"),
        Noun::ProtectedHost => ("protected host", "pocketid protect list"),
        Noun::RegistrationToken => ("registration token", "pocketid registration token list"),
        Noun::ScimProvider => ("SCIM provider", "pocketid client list"),
        Noun::ScimToken => ("SCIM token", "pocketid scim token list"),
        Noun::Session => ("session", "pocketid session list"),
        Noun::SignupToken => ("invitation", "pocketid signup-token list"),
        Noun::User => ("user", "pocketid user list"),
        Noun::SshAccount => ("SSH account", "pocketid ssh account list"),
        Noun::SshCaKey => ("key", "pocketid ssh ca list"),
        Noun::SshCertificate => ("certificate", "pocketid ssh certificate list"),
        Noun::Webhook => ("webhook", "pocketid webhook list"),
    };
    CliError::refused(format!("the {name} was deleted at the same time"))
        .hint(format!("to list them: {list}"))
}

fn last_administrator(username: &str) -> CliError {
    CliError::refused(format!("{username} is the last enabled administrator"))
        .hint("create another one first: pocketid user add NAME --admin --login-link")
        .hint(
            "or add --yes to confirm: `pocketid setup` will work again, and so will the page \
             /setup with the code that `pocketid setup --code` prints",
        )
}

fn account_name_taken(taken: &AccountNameTaken) -> CliError {
    let (username, is_new) = (&taken.username, taken.is_new);
    let email = taken.email.as_ref().map(ToString::to_string).unwrap_or_default();
    match &taken.taken {
        TakenName::EmailInUse(owner) => {
            let message = format!("{email} is already the email of {owner}");
            CliError::refused(message).hint(if is_new {
                "two accounts cannot have the same email; give another one, or none"
            } else {
                "two accounts cannot have the same email; give another one"
            })
        }
        TakenName::EmailIsUsername(owner) => {
            CliError::refused(format!("{email} is the username of another account, {owner}"))
                .hint("a sign-in name must identify one account; give another email, or none")
        }
        TakenName::UsernameInUse(_) => {
            let message = format!("the user {username} already exists");
            CliError::refused(message).hint(if is_new {
                format!("to see it: pocketid user show {username}")
            } else {
                "choose another --username".to_owned()
            })
        }
        TakenName::UsernameIsEmail(owner) => {
            CliError::refused(format!("{username} is the email of {owner}"))
                .hint("a sign-in name must identify one account; choose another username")
        }
        TakenName::UsernameReadsAsId => {
            CliError::refused(format!("{username} has the form of an id, and cannot be a username"))
                .hint("commands take an id or a name; choose a username that cannot be an id")
        }
    }
}
