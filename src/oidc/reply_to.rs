//! Where the answer to an authorization request goes, once that is proven (RFC 9700 §2.1).

use super::Params;
use crate::model::{
    Client, ClientType,
    redirect_uri::{RedirectUri, VerifiedRedirect},
};

/// The longest `state`, in bytes: applications put where their user was, and more, into it.
pub const MAX_STATE: usize = 8 * 1_024;

/// How the answer travels (OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form Post).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// A form that submits itself.
    FormPost,
    /// Behind a `#`.
    Fragment,
    /// Behind a `?`.
    Query,
}

/// Where the answer goes.
#[derive(Debug, Clone)]
pub struct ReplyTo {
    /// The proven address.
    pub redirect: VerifiedRedirect,
    /// Whether it becomes the client's own, since the client has none yet.
    pub is_first_use: bool,
    /// How the answer travels.
    pub response_mode: ResponseMode,
    /// Echoed to the client, unless it is too long, which is an error of its own.
    pub state: Option<String>,
}

/// Why there is nowhere to answer to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyToError {
    /// The request does not say where.
    #[error("the parameter redirect_uri is missing")]
    Missing,
    /// What it says is no redirect URI.
    #[error("the {0}")]
    Malformed(String),
    /// It is not one of the client's.
    #[error("the redirect URI {0} is not registered for this client")]
    NotRegistered(String),
    /// It would travel in the clear, and that is not allowed here.
    #[error("the redirect URI {0} uses http, and ALLOW_INSECURE_CALLBACK_URLS is false")]
    Insecure(String),
}

impl ReplyToError {
    /// The broken rule, without the address: that may hold what is nobody's business in a log.
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
    /// Proves the redirect URI (RFC 9700 §2.1).
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
        // Only a client that will prove itself with a secret may bring its address along.
        let is_first_use =
            client.redirect_uris.is_empty() && client.client_type == ClientType::Confidential;
        let not_registered = ReplyToError::NotRegistered(uri.as_str().to_owned());
        let redirect = match is_first_use {
            true => VerifiedRedirect::first_use(uri),
            false => VerifiedRedirect::verify(uri, &client.redirect_uris),
        }
        .map_err(|_| not_registered)?;
        Ok(Self {
            redirect,
            is_first_use,
            response_mode: match params.value("response_mode") {
                Some("form_post") => ResponseMode::FormPost,
                Some("fragment") => ResponseMode::Fragment,
                // An unknown mode is refused in the default one, later.
                _ => ResponseMode::Query,
            },
            state: echoed_state(params).map(str::to_owned),
        })
    }
}

/// The state that is sent back: what is refused for its length is never echoed.
pub fn echoed_state(params: &Params) -> Option<&str> {
    params.value("state").filter(|state| state.len() <= MAX_STATE)
}
