//! The answer with a registration (RFC 7591 §3.2.1, RFC 7592 §3).

use hyper::{StatusCode, header::WWW_AUTHENTICATE};
use serde::Serialize;

use crate::{
    crypto::JwkSet,
    model::{Client, GrantType},
    oidc::{OAuthError, OAuthErrorCode, metadata::REGISTRATION_PATH},
    operations::Refusal,
    server::{App, http::Response},
    store::client_registrations::ClientRegistration,
};

/// A registration as its client sees it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ClientRegistration"))]
pub(in crate::server) struct RegistrationView {
    client_id: String,
    client_id_issued_at: i64,
    /// Only when it was just made: it is not stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    /// Zero: it does not expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<i64>,
    /// Reads, changes and deletes the registration. Shown only once, and with each change.
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_access_token: Option<String>,
    registration_client_uri: String,
    client_name: String,
    redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    post_logout_redirect_uris: Vec<String>,
    token_endpoint_auth_method: &'static str,
    grant_types: Vec<&'static str>,
    response_types: Vec<&'static str>,
    application_type: &'static str,
    id_token_signed_response_alg: &'static str,
    require_pushed_authorization_requests: bool,
    dpop_bound_access_tokens: bool,
    tls_client_certificate_bound_access_tokens: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks: Option<JwkSet>,
}

/// The values that only the client knows.
#[derive(Debug, Default)]
pub(super) struct Secrets<'a> {
    pub(super) secret: Option<&'a str>,
    pub(super) access_token: Option<&'a str>,
}

impl RegistrationView {
    pub(super) fn of(
        app: &App,
        client: &Client,
        registration: &ClientRegistration,
        secrets: &Secrets<'_>,
    ) -> Self {
        let base = app.settings().internal_app_url.as_str();
        let texts = |patterns: &[crate::model::redirect_uri::RedirectUriPattern]| {
            patterns.iter().map(|pattern| pattern.as_str().to_owned()).collect()
        };
        Self {
            client_id: client.id.to_string(),
            client_id_issued_at: client.created_at.as_unix(),
            client_secret: secrets.secret.map(str::to_owned),
            client_secret_expires_at: registration.auth_method.has_secret().then_some(0),
            registration_access_token: secrets.access_token.map(str::to_owned),
            registration_client_uri: format!("{base}{REGISTRATION_PATH}/{}", client.id),
            client_name: client.name.to_string(),
            redirect_uris: texts(&client.redirect_uris),
            post_logout_redirect_uris: texts(&client.post_logout_redirect_uris),
            token_endpoint_auth_method: registration.auth_method.as_str(),
            grant_types: registration.grant_types.iter().copied().map(GrantType::as_str).collect(),
            response_types: vec!["code"],
            application_type: registration.application_type.as_str(),
            id_token_signed_response_alg: client.id_token_signed_response_alg.as_str(),
            require_pushed_authorization_requests: client.requires_pushed_authorization_requests,
            dpop_bound_access_tokens: client.requires_dpop,
            tls_client_certificate_bound_access_tokens: client.requires_mtls,
            scope: registration.scope.clone(),
            jwks: client.keys.jwks.clone(),
        }
    }
}

/// Answers with a registration, or says why not.
pub(super) fn respond(
    result: Result<(StatusCode, RegistrationView), OAuthError>,
) -> Result<Response, OAuthError> {
    match result {
        Ok((status, view)) => {
            let response = Response::json(&view).status(status).no_store();
            Ok(response.log_client(&view.client_id))
        }
        Err(error) => refuse(error),
    }
}

/// Answers with an error. RFC 6750 §3: a wrong token is answered with a challenge.
pub(super) fn refuse(error: OAuthError) -> Result<Response, OAuthError> {
    if error.code != OAuthErrorCode::InvalidToken {
        return Err(error);
    }
    let challenge = "Bearer error=\"invalid_token\"";
    Ok(Response::oauth_error(&error).header(WWW_AUTHENTICATE, challenge))
}

/// Words the refusals of the operations.
pub(super) fn refused(refusal: Refusal) -> OAuthError {
    let metadata = |text: &str| OAuthError::explained(OAuthErrorCode::InvalidClientMetadata, text);
    match refusal {
        Refusal::ClientNameImitates(_) => {
            metadata("The client_name looks like that of another application here.")
        }
        Refusal::NotFound(_) | Refusal::RegistrationTokenInvalid => {
            OAuthError::new(OAuthErrorCode::InvalidToken, "the token is unknown or expired")
        }
        Refusal::PublicClient(_) => metadata(
            "An administrator allowed the client what only one can do that proves who it is.",
        ),
        Refusal::SecurityProfile(..) => {
            metadata("The metadata do not fit the security profile that an administrator chose.")
        }
        Refusal::Store(error) => error.into(),
        Refusal::TooManyRegistrations => {
            OAuthError::too_many(3_600, "too many clients wait or are unused")
        }
        Refusal::TooManyPendingOfNetwork(count) => {
            let description =
                format!("{count} clients of this network wait for an administrator already.");
            OAuthError { description, ..OAuthError::too_many(3_600, "too many clients wait") }
        }
        refusal => OAuthError::new(OAuthErrorCode::ServerError, format!("{refusal:?}")),
    }
}
