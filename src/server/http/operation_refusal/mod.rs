//! Maps refusals of operations to errors of the REST API. This is the one place that assigns their
//! codes and statuses.

mod ssh;

use hyper::StatusCode;

use super::{ApiError, api_error::FieldError, upload};
use crate::{
    model::{
        ConfigKey, Permission, RegistrationToken, ScimToken, ServiceIdentity, text::TextError,
    },
    operations::{
        Noun, Refusal,
        clients::{MAX_SECRETS, PublicClientFault, SecurityProfileFault},
        protected_hosts::MAX_PROTECTED_HOSTS,
        signing_keys::MAX_PUBLISHED,
        webhooks::MAX_WEBHOOKS,
    },
    store::users::TakenName,
};

impl From<Refusal> for ApiError {
    #[expect(
        clippy::too_many_lines,
        reason = "there is an arm for each refusal, and no more than that"
    )]
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::AccountName(taken) => match taken.taken {
                TakenName::EmailInUse(_) | TakenName::EmailIsUsername(_) => {
                    Self::already_in_use("email")
                }
                TakenName::UsernameInUse(_) | TakenName::UsernameIsEmail(_) => {
                    Self::already_in_use("username")
                }
                TakenName::UsernameReadsAsId => reads_as_id("username"),
            },
            Refusal::AdministratorOverScim(_) => Self::forbidden(),
            Refusal::ApiKeyExpiryPast => {
                let fault = TextError {
                    code: "invalid_value",
                    message: "must be in the future".to_owned(),
                };
                let message = "API key expiration time must be in the future";
                Self::new(StatusCode::BAD_REQUEST, "invalid_api_key_expiration", message)
                    .about(FieldError::new("expiresAt", fault))
            }
            Refusal::ApiKeyNotExpired(_) => {
                let message = "API key is not expired yet";
                Self::new(StatusCode::CONFLICT, "api_key_not_expired", message)
            }
            Refusal::AppConfigInEnvironment(_) => {
                let message =
                    "The configuration can't be changed since the UI configuration is disabled";
                Self::new(StatusCode::FORBIDDEN, "ui_config_disabled", message)
            }
            Refusal::ClaimTwice(name) => {
                let message = format!("Claim {name} is already defined");
                let fault =
                    TextError { code: "duplicate", message: "is listed more than once".into() };
                Self::new(StatusCode::BAD_REQUEST, "duplicate_claim", message)
                    .about(FieldError::new("key", fault))
            }
            Refusal::ClaimsTooLarge => {
                let message = "are too many or too long for a token".to_owned();
                Self::field("claims", TextError { code: "too_long", message })
            }
            Refusal::ClientDescribesItself(id) => {
                let message = "is set in the metadata document of the client".to_owned();
                Self::field("name", TextError { code: "read_only", message }).because(id)
            }
            Refusal::ClientIdInUse(_) => {
                let message = "Client ID is already in use";
                Self::new(StatusCode::CONFLICT, "client_id_already_exists", message)
            }
            Refusal::ClientNameImitates(_) => {
                let message = "looks like that of another application".to_owned();
                Self::field("name", TextError { code: "invalid_value", message })
            }
            Refusal::ClientRequestChanged(_) => {
                let message = "The client changed meanwhile. Look at it again";
                Self::new(StatusCode::CONFLICT, "client_request_changed", message)
            }
            Refusal::DirectoryGroup(_) => {
                let message = "LDAP user groups can't be updated";
                Self::new(StatusCode::FORBIDDEN, "ldap_user_group_update", message)
            }
            Refusal::DirectoryUser(_) => {
                let message = "LDAP users can't be updated";
                Self::new(StatusCode::FORBIDDEN, "ldap_user_update", message)
            }
            Refusal::ExternalIdInUse(_) => Self::already_in_use("externalId"),
            Refusal::Field { field, error } => Self::field(field, error),
            Refusal::GroupNameInUse(_) => Self::already_in_use("name"),
            Refusal::GroupNameReadsAsId(_) => reads_as_id("name"),
            Refusal::ImageInvalid => {
                Self::new(StatusCode::BAD_REQUEST, "invalid_image", "File is not a valid image")
            }
            Refusal::ImageTooLarge(max) => upload::too_large(max),
            Refusal::ImageType(wanted) => Self::file_type(wanted),
            Refusal::LastAdministrator(_) => {
                let message = "The last administrator who can sign in can't be removed or disabled";
                Self::new(StatusCode::CONFLICT, "last_administrator", message)
            }
            Refusal::NoSuchClaim(name) => Self::not_found("Claim").because(name),
            Refusal::NamesThisServer { field } => {
                Self::field(field, TextError::format("names this server as the other one"))
            }
            Refusal::NotSignedInAnyMore => Self::not_signed_in(),
            Refusal::NotFound(noun) => not_found(noun),
            Refusal::NotAService(_) => Self::not_found("Service"),
            Refusal::NotForServices(_) => {
                let message =
                    "A service has no passkeys, codes and API keys, and is no administrator";
                Self::new(StatusCode::CONFLICT, "not_for_services", message)
            }
            Refusal::ServiceSubjectInUse(_) => Self::already_in_use("federatedIdentities"),
            Refusal::TooManyServices => {
                let message = format!("There are {} services already", ServiceIdentity::MAX);
                Self::new(StatusCode::CONFLICT, "too_many_services", message)
            }
            Refusal::NotInGroup { .. } => Self::not_found("User"),
            Refusal::MembershipEndPast => membership_end("past", "must be in the future"),
            Refusal::MembershipEndTooFar => membership_end("too_far", "must be within ten years"),
            Refusal::PublicClient(fault) => public_client(fault),
            Refusal::SecurityProfile(name, fault) => security_profile(&fault).because(name),
            Refusal::PublicClientSecret(_) => refused("Cannot create a secret for a public client"),
            Refusal::RegistrationTokenExpiryPast | Refusal::ScimTokenExpiryPast => {
                let message = "must be in the future".to_owned();
                Self::field("expiresAt", TextError { code: "invalid_value", message })
            }
            Refusal::RegistrationTokenInvalid => Self::not_signed_in(),
            Refusal::RegistrationTokenNameInUse(_) | Refusal::ScimTokenNameInUse(_) => {
                Self::already_in_use("name")
            }
            Refusal::SelfRegisteredNeedsConsent(_) => {
                let message = "cannot be set for a client that describes itself".to_owned();
                Self::field("skipConsent", TextError { code: "read_only", message })
            }
            Refusal::SecretExpiresInThePast => {
                refused("The expiration date of a client secret must be in the future")
            }
            Refusal::SignupGroupUnknown(id) => {
                let message = format!("names the group {id}, which does not exist");
                let error = TextError { code: "invalid_value", message };
                Self::field(ConfigKey::SignupDefaultUserGroupIds.name(), error)
            }
            Refusal::Store(error) => error.into(),
            Refusal::TlsClientAuth(fault) => {
                Self::field("tlsClientAuth", TextError::format(fault.rule()))
            }
            Refusal::TrustedIssuers(_, fault) => {
                Self::field("trustedIssuers", TextError::format(fault.rule()))
            }
            Refusal::TooManySecrets(_) => {
                refused(format!("A client cannot have more than {MAX_SECRETS} secrets"))
            }
            Refusal::NoSuchExchangePermission { resource, key } => {
                let message = format!("names the permission {key}, which {resource} does not have");
                Self::field("tokenExchanges", TextError { code: "invalid_value", message })
            }
            Refusal::NoSuchPermission { key, .. } => Self::not_found("API permission").because(key),
            Refusal::PermissionKeyTooLong { .. } => {
                let message = format!("must be at most {} characters long", Permission::MAX_KEY);
                Self::field("key", TextError { code: "too_long", message })
            }
            Refusal::PermissionTwice { index, .. } => {
                let fault =
                    TextError { code: "duplicate", message: "is listed more than once".into() };
                Self::field(format!("permissions[{index}].key"), fault)
            }
            Refusal::PublicClientForItself(_) => {
                let message = "must not be true for a public client".to_owned();
                Self::field("clientAccess", TextError { code: "invalid_value", message })
            }
            Refusal::ResourceInUse(_) => Self::already_in_use("resource"),
            Refusal::ResourceIsIssuer(_) => {
                let message =
                    "is reserved by Pocket ID and cannot be used for a custom API".to_owned();
                Self::field("resource", TextError { code: "reserved", message })
            }
            Refusal::TooManyScimTokens => {
                let message = format!("There are {} SCIM tokens already", ScimToken::MAX);
                Self::new(StatusCode::CONFLICT, "too_many_scim_tokens", message)
            }
            Refusal::TooManyRegistrationTokens => {
                let message =
                    format!("There are {} initial access tokens already", RegistrationToken::MAX);
                Self::new(StatusCode::CONFLICT, "too_many_registration_tokens", message)
            }
            Refusal::TooManyPendingOfNetwork(_) | Refusal::TooManyRegistrations => {
                let message = "Too many clients wait for an administrator, or are unused";
                Self::new(StatusCode::CONFLICT, "too_many_client_requests", message)
            }
            Refusal::TooManyApiKeys { count } => {
                let message = format!("The user already has {count} API keys");
                Self::new(StatusCode::CONFLICT, "too_many_api_keys", message)
            }
            Refusal::TooManySigningKeys { algorithm, .. } => {
                let message = format!(
                    "{} already has {MAX_PUBLISHED} published keys. Wait until the oldest are no \
                     longer published, or revoke them",
                    algorithm.as_str()
                );
                Self::new(StatusCode::CONFLICT, "too_many_signing_keys", message)
            }
            Refusal::NoEmail(_) => {
                let message = "The user does not have an email address set";
                Self::new(StatusCode::CONFLICT, "user_email_not_set", message)
            }
            Refusal::UnknownUser(_) => not_found(Noun::User),
            Refusal::UserDisabled(_) => Self::user_disabled(),
            Refusal::ProtectedHostInUse(_) => Self::already_in_use("host"),
            Refusal::ProtectedHostIsIssuer(_) => {
                let message = "must not be the host of this server".to_owned();
                Self::field("host", TextError { code: "reserved", message })
            }
            Refusal::TooManyProtectedHosts => {
                let message = format!("There are {MAX_PROTECTED_HOSTS} protected hosts already");
                Self::new(StatusCode::CONFLICT, "too_many_protected_hosts", message)
            }
            Refusal::Ssh(refusal) => refusal.into(),
            Refusal::TooManyWebhooks => {
                let message = format!("There are {MAX_WEBHOOKS} webhooks already");
                Self::new(StatusCode::CONFLICT, "too_many_webhooks", message)
            }
            Refusal::UserIdInUse(_) => Self::already_in_use("id"),
            Refusal::WebhookNameInUse(_) => Self::already_in_use("name"),
        }
    }
}

fn membership_end(code: &'static str, message: &str) -> ApiError {
    let message = message.to_owned();
    ApiError::field("memberships", TextError { code, message })
}

fn not_found(noun: Noun) -> ApiError {
    match noun {
        Noun::Api => ApiError::not_found("API"),
        Noun::ApiKey => {
            ApiError::new(StatusCode::NOT_FOUND, "api_key_not_found", "API key not found")
        }
        Noun::AssertedSubject => ApiError::not_found("Asserted subject"),
        Noun::Client => ApiError::not_found("OIDC client"),
        Noun::ClientRequest => ApiError::not_found("Client request"),
        Noun::ClientSecret => ApiError::not_found("Client secret"),
        Noun::Authorization => ApiError::not_found("Client authorization"),
        Noun::Grant => ApiError::not_found("Grant"),
        Noun::Group => ApiError::not_found("User group"),
        Noun::Image | Noun::Logo => {
            ApiError::new(StatusCode::NOT_FOUND, "image_not_found", "Image not found")
        }
        Noun::Passkey => ApiError::not_found("Passkey"),
        Noun::ProtectedHost => ApiError::not_found("Protected host"),
        Noun::RegistrationToken => ApiError::not_found("Initial access token"),
        Noun::ScimProvider => ApiError::not_found("SCIM service provider"),
        Noun::ScimToken => ApiError::not_found("SCIM token"),
        Noun::Session => ApiError::not_found("Session"),
        Noun::SignupToken => ApiError::not_found("Sign-up token"),
        Noun::SshAccount => ApiError::not_found("SSH account"),
        Noun::SshCaKey => ApiError::not_found("SSH CA key"),
        Noun::SshCertificate => ApiError::not_found("SSH certificate"),
        Noun::Webhook => ApiError::not_found("Webhook"),
        Noun::User => ApiError::new(StatusCode::NOT_FOUND, "user_not_found", "User not found"),
    }
}

/// Creates an error that concerns more than one field.
fn refused(message: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "validation_failed", message)
}

fn public_client(fault: PublicClientFault) -> ApiError {
    match fault {
        PublicClientFault::ExchangesTokens => {
            let message = "must be empty for a public client".to_owned();
            ApiError::field("tokenExchanges", TextError { code: "invalid_value", message })
        }
        PublicClientFault::GetsAssertions => {
            let message = "must be empty for a public client".to_owned();
            ApiError::field("identityAssertions", TextError { code: "invalid_value", message })
        }
        PublicClientFault::HasKeys => refused("A public client cannot authenticate with keys"),
        PublicClientFault::NeedsCallback => ApiError::field("callbackURLs", TextError::required()),
        PublicClientFault::NeedsPkce => refused("A public client must use PKCE"),
    }
}

fn security_profile(fault: &SecurityProfileFault) -> ApiError {
    let (field, message) = match fault {
        SecurityProfileFault::Algorithm(_) => {
            ("idTokenSignedResponseAlg", "must be ES256, PS256 or EdDSA for the profile fapi2")
        }
        SecurityProfileFault::Callback(_) => {
            ("callbackURLs", "must use https and have no wildcard for the profile fapi2")
        }
        SecurityProfileFault::Public => {
            ("securityProfile", "must not be fapi2 for a public client")
        }
    };
    ApiError::field(field, TextError { code: "invalid_value", message: message.to_owned() })
}

fn reads_as_id(field: &'static str) -> ApiError {
    let message = "must not have the form of an ID".to_owned();
    ApiError::field(field, TextError { code: "reads_as_id", message })
}
