//! Provider metadata (OIDC Discovery §3, RFC 8414 §2). It must be correct and complete.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{asserted_user::GRANT_PROFILE, claims_request::ACR, identity_assertion::ID_JAG};
use crate::{
    crypto::Algorithm,
    model::{Endpoints, GrantType, ScopeToken},
};

/// The methods of client authentication (OIDC Core §9).
const CLIENT_AUTH_METHODS: [&str; 3] =
    ["client_secret_basic", "client_secret_post", "private_key_jwt"];
/// Those of mutual TLS (RFC 8705 §2).
const TLS_AUTH_METHODS: [&str; 2] = ["tls_client_auth", "self_signed_tls_client_auth"];

/// The endpoints that applications call themselves, and their paths. They are in the metadata a
/// second time where mutual TLS has an address of its own (RFC 8705 §5).
const ALIASED: [(&str, &str); 6] = [
    ("token_endpoint", "/api/oidc/token"),
    ("revocation_endpoint", "/api/oidc/revoke"),
    ("introspection_endpoint", "/api/oidc/introspect"),
    ("device_authorization_endpoint", "/api/oidc/device/authorize"),
    ("pushed_authorization_request_endpoint", "/api/oidc/par"),
    ("userinfo_endpoint", "/api/oidc/userinfo"),
];

/// The claims that there may be. Custom claims of users and clients are not published.
const CLAIMS: &[&str] = &[
    "sub",
    "given_name",
    "family_name",
    "name",
    "display_name",
    "email",
    "email_verified",
    "preferred_username",
    "picture",
    "locale",
    "updated_at",
    "groups",
    "auth_time",
    "acr",
    "amr",
    "sid",
];

/// The response modes (OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form Post, JARM §2.3).
const RESPONSE_MODES: &[&str] =
    &["query", "fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt"];

/// The discovery document.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ProviderMetadata {
    #[serde(flatten)]
    endpoints: Endpoints,
    acr_values_supported: &'static [&'static str],
    authorization_response_iss_parameter_supported: bool,
    authorization_signing_alg_values_supported: Vec<&'static str>,
    backchannel_logout_session_supported: bool,
    backchannel_logout_supported: bool,
    claims_parameter_supported: bool,
    claims_supported: &'static [&'static str],
    authorization_grant_profiles_supported: [&'static str; 1],
    client_id_metadata_document_supported: bool,
    code_challenge_methods_supported: &'static [&'static str],
    device_authorization_endpoint: String,
    dpop_signing_alg_values_supported: Vec<&'static str>,
    grant_types_supported: Vec<&'static str>,
    id_token_signing_alg_values_supported: Vec<&'static str>,
    identity_chaining_requested_token_types_supported: &'static [&'static str],
    introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    introspection_signing_alg_values_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    mtls_endpoint_aliases: BTreeMap<&'static str, String>,
    prompt_values_supported: &'static [&'static str],
    pushed_authorization_request_endpoint: String,
    /// Only when clients may register themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<String>,
    request_object_signing_alg_values_supported: Vec<&'static str>,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    require_pushed_authorization_requests: bool,
    response_modes_supported: &'static [&'static str],
    response_types_supported: &'static [&'static str],
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    scopes_supported: Vec<&'static str>,
    /// The description of the REST API.
    service_documentation: String,
    subject_types_supported: &'static [&'static str],
    /// Only when certificates are accepted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    tls_client_certificate_bound_access_tokens: bool,
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    introspection_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    revocation_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    ui_locales_supported: &'static [&'static str],
    userinfo_signing_alg_values_supported: Vec<&'static str>,
}

/// The path of the registration endpoint (RFC 7591 §3).
pub const REGISTRATION_PATH: &str = "/api/oidc/register";

/// The rights of clients that no administrator registered.
#[derive(Debug, Clone, Copy)]
pub struct UnregisteredClients {
    /// They may have a client metadata document.
    pub may_have_documents: bool,
    /// They may register themselves.
    pub may_register: bool,
}

/// The addresses of the provider.
#[derive(Debug, Clone, Copy)]
pub struct Addresses<'a> {
    /// The one that browsers use.
    pub issuer: &'a str,
    /// The one that applications call, which may be another address of the same server.
    pub internal: &'a str,
    /// The one at which clients are asked for TLS certificates, if they are accepted.
    pub mtls: Option<&'a str>,
}

impl ProviderMetadata {
    /// Builds the document.
    pub fn new(addresses: Addresses<'_>, unregistered: UnregisteredClients) -> Self {
        let Addresses { issuer, internal, mtls } = addresses;
        let tls_methods = if mtls.is_some() { TLS_AUTH_METHODS.as_slice() } else { &[] };
        let methods = |more: &[&'static str]| [&CLIENT_AUTH_METHODS, tls_methods, more].concat();
        let alias = |base: &str| ALIASED.map(|(name, path)| (name, format!("{base}{path}")));
        let aliases = mtls.filter(|base| *base != internal).map(alias);
        Self {
            endpoints: Endpoints::new(issuer, internal),
            acr_values_supported: &[ACR],
            authorization_response_iss_parameter_supported: true,
            authorization_signing_alg_values_supported: algorithms(),
            backchannel_logout_session_supported: true,
            backchannel_logout_supported: true,
            claims_parameter_supported: true,
            claims_supported: CLAIMS,
            authorization_grant_profiles_supported: [GRANT_PROFILE],
            client_id_metadata_document_supported: unregistered.may_have_documents,
            code_challenge_methods_supported: &["plain", "S256"],
            device_authorization_endpoint: format!("{issuer}/api/oidc/device/authorize"),
            dpop_signing_alg_values_supported: algorithms(),
            grant_types_supported: GrantType::ALL.map(GrantType::as_str).to_vec(),
            id_token_signing_alg_values_supported: algorithms(),
            identity_chaining_requested_token_types_supported: &[ID_JAG],
            introspection_signing_alg_values_supported: algorithms(),
            userinfo_signing_alg_values_supported: algorithms(),
            introspection_endpoint_auth_methods_supported: methods(&["Bearer"]),
            mtls_endpoint_aliases: aliases.map(BTreeMap::from).unwrap_or_default(),
            prompt_values_supported: &["none", "login", "consent", "select_account"],
            pushed_authorization_request_endpoint: format!("{internal}/api/oidc/par"),
            registration_endpoint: unregistered
                .may_register
                .then(|| format!("{internal}{REGISTRATION_PATH}")),
            request_object_signing_alg_values_supported: [vec!["none"], algorithms()].concat(),
            request_parameter_supported: true,
            request_uri_parameter_supported: false,
            // Requirements of single clients are not published.
            require_pushed_authorization_requests: false,
            response_modes_supported: RESPONSE_MODES,
            response_types_supported: &["code"],
            revocation_endpoint_auth_methods_supported: methods(&["none"]),
            // Scopes defined for one client are not published, since no other client can request
            // them.
            scopes_supported: ScopeToken::BUILT_IN.to_vec(),
            service_documentation: format!("{issuer}/api/openapi.json"),
            subject_types_supported: &["public"],
            tls_client_certificate_bound_access_tokens: mtls.is_some(),
            token_endpoint_auth_methods_supported: methods(&["none"]),
            introspection_endpoint_auth_signing_alg_values_supported: algorithms(),
            revocation_endpoint_auth_signing_alg_values_supported: algorithms(),
            token_endpoint_auth_signing_alg_values_supported: algorithms(),
            ui_locales_supported: &["en", "zh-CN"],
        }
    }
}

fn algorithms() -> Vec<&'static str> {
    Algorithm::ALL.map(Algorithm::as_str).to_vec()
}
