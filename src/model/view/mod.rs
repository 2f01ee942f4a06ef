//! The JSON objects of the REST API (Pocket ID 2.14). The command line prints them too.

mod api;
mod api_grant;
mod api_key;
mod asserted_subject;
mod audit_log;
mod authorized_client;
mod client;
mod grant;
mod group;
mod group_with_users;
mod passkey;
mod protected_host;
mod registration;
mod scim_provider;
mod scim_token;
mod service;
mod session;
mod signing_key;
mod signup_token;
mod ssh;
mod ssh_user;
mod user;
mod webhook;

pub use api::{ApiView, PermissionView};
pub use api_grant::{
    ApiClient, ApiClientAccessView, ApiClientGrantView, ApiClientView, ClientApiGrantView,
};
pub use api_key::ApiKeyView;
pub use asserted_subject::AssertedSubjectView;
pub use audit_log::AuditLogView;
pub use authorized_client::AuthorizedClientView;
pub use client::{
    AccessibleClientView, ClientMetaView, ClientParts, ClientSecretView, ClientSecretWithText,
    ClientView,
};
pub use grant::GrantView;
pub use group::GroupView;
pub use group_with_users::{GroupParts, GroupWithUsersView};
pub use passkey::PasskeyView;
pub use protected_host::{AllowedGroupView, ProtectedHostView};
pub use registration::{ClientRequestView, RegistrationTokenView};
pub use scim_provider::ScimProviderView;
pub use scim_token::ScimTokenView;
pub use service::ServiceView;
pub use session::SessionView;
pub use signing_key::SigningKeyView;
pub use signup_token::SignupTokenView;
pub use ssh::{NewSshCertificateView, SshAccountView, SshCaKeyView, SshCertificateView};
pub use ssh_user::SshUserView;
pub use user::UserView;
pub use webhook::{NewWebhookView, WebhookView};
