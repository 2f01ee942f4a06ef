//! `OidcClient` (Pocket ID 2.14)

use serde::Serialize;

use super::GroupView;
use crate::crypto::{Algorithm, JwkSet};
use crate::model::{
    AssertionRule, ClaimRule, Client, ClientId, ClientName, ClientSecret, ClientSecretId,
    ClientType, ExchangeRule, FederatedIdentity, Group, Logos, SecurityProfile, Timestamp,
    TlsClientAuth, TrustedIssuer,
};

/// A client with all data that belongs to it.
#[derive(Debug)]
pub struct ClientParts {
    /// The client.
    pub client: Client,
    /// Its secrets, without the secrets themselves.
    pub secrets: Vec<ClientSecret>,
    /// The groups that may use it, if it is restricted.
    pub groups: Vec<Group>,
    /// Which logos it has.
    pub logos: Logos,
    /// The servers elsewhere for which it gets assertions about its users.
    pub identity_assertions: Vec<AssertionRule>,
}

/// The public data of a client: `OidcClientMeta` (Pocket ID 2.14).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClientMetaView {
    id: ClientId,
    name: ClientName,
    description: String,
    has_logo: bool,
    has_dark_logo: bool,
    #[serde(rename = "launchURL")]
    launch_url: Option<String>,
    requires_reauthentication: bool,
    client_type: &'static str,
}

impl ClientMetaView {
    /// The client as shown to everyone.
    pub fn of(client: &Client, logos: Logos) -> Self {
        Self {
            id: client.id.clone(),
            name: client.name.clone(),
            description: client.description.as_ref().map(ToString::to_string).unwrap_or_default(),
            has_logo: logos.light,
            has_dark_logo: logos.dark,
            launch_url: client.launch_url.clone(),
            requires_reauthentication: client.requires_reauthentication,
            client_type: match client.registration {
                _ if client.id.is_url() => "cimd",
                Some(_) => "dynamic",
                None => "standard",
            },
        }
    }
}

/// A client.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClientView {
    #[serde(flatten)]
    meta: ClientMetaView,
    #[serde(rename = "callbackURLs")]
    redirect_uris: Vec<String>,
    #[serde(rename = "logoutCallbackURLs")]
    post_logout_redirect_uris: Vec<String>,
    backchannel_logout_uri: Option<String>,
    is_public: bool,
    pkce_enabled: bool,
    requires_pushed_authorization_requests: bool,
    skip_consent: bool,
    credentials: Credentials,
    is_group_restricted: bool,
    id_token_signed_response_alg: &'static str,
    userinfo_signed_response_alg: Option<&'static str>,
    dpop_bound_access_tokens: bool,
    tls_client_certificate_bound_access_tokens: bool,
    security_profile: Option<&'static str>,
    access_token_duration_minutes: i64,
    refresh_token_duration_minutes: i64,
    max_session_age_minutes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_user_groups: Option<Vec<GroupView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_user_groups_count: Option<i64>,
    claims: Vec<ClaimRule>,
    token_exchanges: Vec<ExchangeRule>,
    trusted_issuers: Vec<TrustedIssuer>,
    identity_assertions: Vec<AssertionRule>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ClientCredentials"))]
#[serde(rename_all = "camelCase")]
struct Credentials {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    federated_identities: Vec<FederatedIdentity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks: Option<JwkSet>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_client_auth: Option<TlsClientAuth>,
    secrets: Vec<ClientSecretView>,
}

/// A client secret, without the secret itself.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClientSecretView {
    id: ClientSecretId,
    prefix: String,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    is_active: bool,
}

impl ClientView {
    /// The client as shown in the REST API.
    pub fn of(parts: &ClientParts, now: Timestamp) -> Self {
        let client = &parts.client;
        let texts = |patterns: &[crate::model::redirect_uri::RedirectUriPattern]| {
            patterns.iter().map(|pattern| pattern.as_str().to_owned()).collect()
        };
        let secrets = parts.secrets.iter().map(|secret| ClientSecretView::of(secret, now));
        Self {
            meta: ClientMetaView::of(client, parts.logos),
            redirect_uris: texts(&client.redirect_uris),
            post_logout_redirect_uris: texts(&client.post_logout_redirect_uris),
            backchannel_logout_uri: client.backchannel_logout_uri.clone(),
            is_public: client.client_type == ClientType::Public,
            pkce_enabled: client.must_use_pkce(),
            requires_pushed_authorization_requests: client.requires_pushed_authorization_requests,
            skip_consent: client.skips_consent,
            credentials: Credentials {
                federated_identities: client.keys.federated_identities.clone(),
                jwks: client.keys.jwks.clone(),
                tls_client_auth: client.keys.tls_client_auth.clone(),
                secrets: secrets.collect(),
            },
            is_group_restricted: client.is_group_restricted,
            id_token_signed_response_alg: client.id_token_signed_response_alg.as_str(),
            userinfo_signed_response_alg: client
                .userinfo_signed_response_alg
                .map(Algorithm::as_str),
            dpop_bound_access_tokens: client.requires_dpop,
            tls_client_certificate_bound_access_tokens: client.requires_mtls,
            security_profile: client.security_profile.map(SecurityProfile::as_str),
            access_token_duration_minutes: client.access_token_seconds / 60,
            refresh_token_duration_minutes: client.refresh_token_seconds / 60,
            max_session_age_minutes: client.max_session_age_seconds.map(|seconds| seconds / 60),
            allowed_user_groups: Some(
                parts.groups.iter().map(|group| GroupView::of(group, 0)).collect(),
            ),
            allowed_user_groups_count: None,
            claims: client.claim_rules.clone(),
            token_exchanges: client.token_exchanges.clone(),
            trusted_issuers: client.trusted_issuers.clone(),
            identity_assertions: parts.identity_assertions.clone(),
        }
    }

    /// Adds the number of its groups, for lists.
    pub fn with_group_count(self, count: i64) -> Self {
        Self { allowed_user_groups_count: Some(count), ..self }
    }

    /// Removes its groups: only some endpoints return them.
    pub fn without_groups(self) -> Self {
        Self { allowed_user_groups: None, ..self }
    }
}

/// A client that a user may use, and when they last did.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AccessibleClientView {
    #[serde(flatten)]
    client: ClientMetaView,
    last_used_at: Option<Timestamp>,
}

impl AccessibleClientView {
    /// The client as shown to its user.
    pub fn of(client: &Client, logos: Logos, last_used_at: Option<Timestamp>) -> Self {
        Self { client: ClientMetaView::of(client, logos), last_used_at }
    }
}

/// A new secret. Its text is shown only once.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ClientSecretWithText<'a> {
    /// The secret's other data.
    #[serde(flatten)]
    pub row: ClientSecretView,
    /// The secret itself.
    pub secret: &'a str,
}

impl ClientSecretView {
    /// The secret as shown in the REST API.
    pub fn of(secret: &ClientSecret, now: Timestamp) -> Self {
        Self {
            id: secret.id,
            prefix: secret.prefix.clone(),
            created_at: secret.created_at,
            expires_at: secret.expires_at,
            is_active: secret.expires_at.is_none_or(|expires_at| expires_at > now),
        }
    }
}
