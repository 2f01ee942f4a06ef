//! The domain model: the terms of this program and their rules. No I/O.

pub mod api;
pub mod api_key;
pub mod app_config;
mod asserted_subject;
mod assertion_rule;
pub mod audit;
pub mod claim;
pub mod claim_rule;
pub mod client;
mod client_id;
mod client_keys;
mod client_metadata_allowlist;
mod client_request;
mod confirmation;
pub mod custom_claim;
pub mod database;
pub mod device_code;
pub mod device_login;
mod directory_id;
pub mod endpoints;
pub mod exchange_rule;
pub mod grant;
pub mod grant_type;
pub mod group;
pub mod id;
pub mod image;
mod image_size;
mod installation;
pub mod interaction;
pub mod language_tag;
mod live_grant;
mod location;
pub mod look_alike;
pub mod mail;
mod mail_server;
mod message_kind;
mod near;
pub mod one_time_access_token;
pub mod passkey;
pub mod pkce;
pub mod place;
pub mod placeholder;
mod profile_picture;
mod protected_host;
pub mod redirect_uri;
mod registered_metadata;
mod registration;
mod resource;
pub mod rules;
pub mod schedule;
mod scim_provider;
mod scim_token;
mod scope;
mod security_profile;
mod service;
pub mod session;
pub mod signup_token;
pub mod ssh;
mod ssh_host_domains;
mod ssh_user;
pub mod text;
pub mod time;
mod tls_client_auth;
mod trusted_issuer;
pub mod user;
pub mod view;
mod webhook;

pub use api::{Api, ApiAccess, ApiGrant, ApiName, Permission, PermissionDescription, SubjectType};
pub use api_key::{ApiKey, ApiKeyDescription, ApiKeyName};
pub use app_config::{AppConfig, ConfigKey};
pub use asserted_subject::AssertedSubject;
pub use assertion_rule::{
    AssertionAudience, AssertionRule, ForeignClientId, ForeignResources, ForeignScope,
};
pub use audit::{Actor, AuditEvent, Concerned, EventKind, LoggedEvent, ScimActor, UserActor};
pub use claim::{Claim, ClaimSet, RequestedClaims};
pub use claim_rule::{ClaimRule, ClaimSource};
pub use client::{Client, ClientDescription, ClientName, ClientSecret, ClientType};
pub use client_id::ClientId;
pub use client_keys::{ClientKeys, FederatedIdentity, parse_jwks, parse_new_jwks};
pub use client_metadata_allowlist::ClientMetadataAllowlist;
pub use client_request::ClientRequest;
pub use confirmation::{Confirmation, DemandedBinding};
pub use custom_claim::{ClaimName, ClaimOwner, ClaimValue, CustomClaim};
pub use database::Database;
pub use device_code::{DeviceCode, DeviceCodeStatus, UserCode};
pub use device_login::{DeviceLogin, DeviceLoginCode, DeviceLoginStatus};
pub use directory_id::DirectoryId;
pub use endpoints::Endpoints;
pub use exchange_rule::{ExchangeRule, SubjectSource};
pub use grant::{Amr, Grant, SignInTimes};
pub use grant_type::GrantType;
pub use group::{FriendlyName, Group, GroupName};
pub use id::*;
pub use image::{ApplicationImage, Image, ImageType, Logos, Theme};
pub use image_size::ImageSize;
pub use installation::InstallationId;
pub use interaction::{Interaction, Step};
pub use live_grant::LiveGrant;
pub use location::Location;
pub use mail::{Letter, Mail, MailRecipient, NoticeEntry};
pub use mail_server::{MailAddress, MailServer, MailServerFault, MailTls};
pub use message_kind::MessageKind;
pub use near::near;
pub use passkey::{Passkey, PasskeyName};
pub use place::{Place, S3Place};
pub use profile_picture::ProfilePicture;
pub use protected_host::{
    HostAddress, IdentityHeader, IdentityHeaders, OpenPath, OpenPaths, ProtectedHost,
};
pub use registered_metadata::RegisteredMetadata;
pub use registration::{
    ApplicationType, AuthMethod, RegistrationPolicy, RegistrationState, RegistrationToken,
    RegistrationTokenName,
};
pub use resource::Resource;
pub use schedule::Schedule;
pub use scim_provider::{ProvisionedKind, ScimEndpoint, ScimProvider};
pub use scim_token::{ScimToken, ScimTokenName};
pub use scope::{Scope, ScopeName, ScopeToken};
pub use security_profile::{SecurityProfile, UnknownSecurityProfile};
pub use service::ServiceIdentity;
pub use session::{DeviceBinding, EndedSession, Session};
pub use signup_token::SignupToken;
pub use ssh::{
    SshAccount, SshAccountName, SshCaKey, SshCaState, SshCertificateRecord, SshHostName,
    SshPrincipal,
};
pub use ssh_host_domains::SshHostDomains;
pub use ssh_user::{SshUser, SshUserState};
pub use time::{Clock, SystemClock, Timestamp, parse_http_date};
pub use tls_client_auth::{CertificateName, TlsClientAuth};
pub use trusted_issuer::TrustedIssuer;
pub use user::{DisplayName, EmailAddress, PersonName, User, UserType, Username};
pub use webhook::{DeliveryRecord, EventFilter, PreviousSecret, Webhook, WebhookName, WebhookUrl};
