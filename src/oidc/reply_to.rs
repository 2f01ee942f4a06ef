//! The verified destination of an authorization response (RFC 9700 §2.1).

use super::{
    Params,
    jarm::{RESPONSE_MODES, ResponseSignature},
};
use crate::model::{
    Client, ClientType,
    redirect_uri::{RedirectUri, VerifiedRedirect},
};

/// Maximum length of `state` in bytes. Applications store the location of the user in it, and more.
pub const MAX_STATE: usize = 8 * 1_024;

/// How the response is sent (OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form Post).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// In a form that submits itself.
    FormPost,
    /// In the fragment of the URI.
    Fragment,
    /// In the query of the URI.
    Query,
}

/// The destination of a response.
#[derive(Debug, Clone)]
pub struct ReplyTo {
    /// The verified redirect URI.
    pub redirect: VerifiedRedirect,
    /// Whether the client adopts this redirect URI, because it has none yet.
    pub is_first_use: bool,
    /// How the response is sent.
    pub response_mode: ResponseMode,
    /// How it is signed, if the request asks for that (JARM).
    pub signature: Option<ResponseSignature>,
    /// Echoed to the client. `None` when it is too long, which is reported as a separate error.
    pub state: Option<String>,
}

/// Why there is no valid redirect URI.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyToError {
    /// The request has no redirect URI.
    #[error("the parameter redirect_uri is missing")]
    Missing,
    /// The redirect URI is malformed.
    #[error("the {0}")]
    Malformed(String),
    /// The client has not registered it.
    #[error("the redirect URI {0} is not registered for this client")]
    NotRegistered(String),
    /// It uses http, which the configuration forbids.
    #[error("the redirect URI {0} uses http, and ALLOW_INSECURE_CALLBACK_URLS is false")]
    Insecure(String),
}

impl ReplyToError {
    /// The broken rule without the URI, which may contain private data that must not be logged.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Insecure(_) => "the redirect URI uses http",
            Self::Malformed(_) => "the redirect URI is malformed",
            Self::Missing => "the redirect URI is missing",
            Self::NotRegistered(_) => "the redirect URI is not registered for this client",
        }
    }
}

impl ReplyTo {
    /// Verifies the redirect URI (RFC 9700 §2.1).
    pub fn verify(
        params: &Params,
        client: &Client,
        allow_insecure: bool,
    ) -> Result<Self, ReplyToError> {
        let uri = params.value("redirect_uri").ok_or(ReplyToError::Missing)?;
        let uri: RedirectUri =
            uri.parse().map_err(|fault| ReplyToError::Malformed(format!("{fault}")))?;
        if !allow_insecure && uri.is_insecure_http() {
            return Err(ReplyToError::Insecure(uri.as_str().to_owned()));
        }
        // Only a client that authenticates with a secret may adopt the URI of its first sign-in.
        let is_first_use = client.redirect_uris.is_empty()
            && client.client_type == ClientType::Confidential
            && client.security_profile.is_none();
        let not_registered = ReplyToError::NotRegistered(uri.as_str().to_owned());
        let redirect = if is_first_use {
            VerifiedRedirect::first_use(uri)
        } else {
            VerifiedRedirect::verify(uri, &client.redirect_uris)
        }
        .map_err(|_| not_registered)?;
        Ok(Self {
            redirect,
            is_first_use,
            signature: params
                .value("response_mode")
                .filter(|mode| RESPONSE_MODES.contains(mode))
                .map(|_| ResponseSignature {
                    client_id: client.id.clone(),
                    algorithm: client.id_token_signed_response_alg,
                }),
            response_mode: match params.value("response_mode") {
                Some("form_post" | "form_post.jwt") => ResponseMode::FormPost,
                Some("fragment" | "fragment.jwt") => ResponseMode::Fragment,
                // An unknown mode is refused later, and that error is sent in the default mode.
                _ => ResponseMode::Query,
            },
            state: echoed_state(params).map(str::to_owned),
        })
    }
}

/// The `state` to echo, unless it is too long.
pub fn echoed_state(params: &Params) -> Option<&str> {
    params.value("state").filter(|state| state.len() <= MAX_STATE)
}
