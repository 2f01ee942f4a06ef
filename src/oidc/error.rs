//! Errors of the protocol endpoints (RFC 6749 §4.1.2.1 and §5.2, OIDC Core §3.1.2.6).
//!
//! They have two audiences. The response gets the code and a sentence that is safe to show to
//! anyone; the log gets the detail.

/// An error code from the IANA registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OAuthErrorCode {
    /// The user or this server denied the request.
    AccessDenied,
    /// The user of a device has not answered yet (RFC 8628 §3.5).
    AuthorizationPending,
    /// `prompt=none`, but the user has not given consent.
    ConsentRequired,
    /// The device code has expired (RFC 8628 §3.5).
    ExpiredToken,
    /// The client is unknown or its authentication failed.
    InvalidClient,
    /// The DPoP proof is missing or invalid (RFC 9449 §5).
    InvalidDpopProof,
    /// Metadata of a client that registers itself are not accepted (RFC 7591 §3.2.2).
    InvalidClientMetadata,
    /// The code or refresh token is invalid.
    InvalidGrant,
    /// A redirect URI of a client that registers itself is not accepted (RFC 7591 §3.2.2).
    InvalidRedirectUri,
    /// The request is malformed.
    InvalidRequest,
    /// The request object is malformed, or contradicts the request (RFC 9101 §6).
    InvalidRequestObject,
    /// The `request_uri` was not issued here, has expired or was used (RFC 9101 §5.2, RFC 9126 §4).
    InvalidRequestUri,
    /// The scope is unknown or exceeds the rights of the client.
    InvalidScope,
    /// The resource is unknown or malformed (RFC 8707 §2).
    InvalidTarget,
    /// The access token is invalid (RFC 6750 §3.1).
    InvalidToken,
    /// `prompt=none`, but the user has to sign in.
    LoginRequired,
    /// The request object is signed or encrypted in a way that is not supported (OIDC Core §6.1).
    RequestNotSupported,
    /// The `request_uri` is not that of a pushed request (OIDC Core §6.2).
    RequestUriNotSupported,
    /// The access token lacks a scope (RFC 6750 §3.1).
    InsufficientScope,
    /// An internal error.
    ServerError,
    /// The device polls too often (RFC 8628 §3.5).
    SlowDown,
    /// The server is too busy, or there were too many requests.
    TemporarilyUnavailable,
    /// The client may not use this grant type (RFC 6749 §5.2).
    UnauthorizedClient,
    /// The grant type is not supported.
    UnsupportedGrantType,
    /// An essential `acr` cannot be met (OpenID Connect Core Unmet Authentication Requirements).
    UnmetAuthenticationRequirements,
    /// The response type is not `code`.
    UnsupportedResponseType,
    /// The DPoP proof needs a nonce of this server (RFC 9449 §8).
    UseDpopNonce,
}

impl OAuthErrorCode {
    /// The value in responses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::AuthorizationPending => "authorization_pending",
            Self::ConsentRequired => "consent_required",
            Self::ExpiredToken => "expired_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InvalidClient => "invalid_client",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidToken => "invalid_token",
            Self::LoginRequired => "login_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::ServerError => "server_error",
            Self::SlowDown => "slow_down",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::UseDpopNonce => "use_dpop_nonce",
        }
    }

    /// The HTTP status of a JSON response.
    pub fn status(self) -> u16 {
        match self {
            Self::InvalidClient | Self::InvalidToken => 401,
            // In JSON `access_denied` is 400, too: RFC 8628 §3.5, RFC 6749 §5.2.
            Self::InsufficientScope => 403,
            Self::ServerError => 500,
            Self::TemporarilyUnavailable => 503,
            _ => 400,
        }
    }

    /// The description in the response when only the log may contain the cause.
    fn description(self) -> &'static str {
        match self {
            Self::AccessDenied => "The request was denied.",
            Self::AuthorizationPending => "The user has not answered yet.",
            Self::ConsentRequired => "The user must be asked for consent.",
            Self::ExpiredToken => "The device code has expired. Ask for a new one.",
            Self::InsufficientScope => "The access token does not have the required scope.",
            Self::InvalidClient => "The client is unknown or its authentication failed.",
            Self::InvalidDpopProof => "The DPoP proof is not valid.",
            Self::InvalidClientMetadata => "The client metadata are not accepted.",
            Self::InvalidRedirectUri => "A redirect URI is not accepted.",
            Self::InvalidGrant => {
                "The authorization code, device code or refresh token is invalid, expired, used, \
                 or was issued to another client or for another redirect URI."
            }
            Self::InvalidRequest => "The request is malformed.",
            Self::InvalidRequestObject => "The request object is malformed.",
            Self::InvalidRequestUri => "The request_uri is unknown, expired or used.",
            Self::InvalidScope => "The scope is unknown, or the client may not use it.",
            Self::InvalidTarget => "The resource is unknown.",
            Self::InvalidToken => "The access token is missing, malformed, expired or revoked.",
            Self::LoginRequired => "The user must sign in.",
            Self::RequestNotSupported => {
                "The request object is signed or encrypted in a way that is not supported."
            }
            Self::RequestUriNotSupported => {
                "Only a request_uri that was pushed to this server is supported."
            }
            Self::ServerError => "Something went wrong on the server.",
            Self::SlowDown => "The client polls too fast. Increase the interval by five seconds.",
            Self::TemporarilyUnavailable => "The server is too busy. Try again in a moment.",
            Self::UnauthorizedClient => "The client may not use this grant type.",
            Self::UnsupportedGrantType => "The grant type is not supported.",
            Self::UnmetAuthenticationRequirements => {
                "The sign-in cannot meet the requested essential claim acr."
            }
            Self::UnsupportedResponseType => "The only supported response type is code.",
            Self::UseDpopNonce => {
                "The DPoP proof must have the nonce in the header DPoP-Nonce of this response."
            }
        }
    }
}

/// An error response of a protocol endpoint.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}: {detail}", code.as_str())]
pub struct OAuthError {
    /// The code in the response.
    pub code: OAuthErrorCode,
    /// The sentence in the response.
    pub description: String,
    /// The cause, for the log only.
    pub detail: String,
    /// Seconds to wait after too many requests (429).
    pub retry_after: Option<u64>,
    /// The nonce for the next DPoP proof of the client (RFC 9449 §8).
    pub dpop_nonce: Option<String>,
}

impl OAuthError {
    /// Creates an error whose cause goes only into the log.
    pub fn new(code: OAuthErrorCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            description: code.description().into(),
            detail: detail.into(),
            retry_after: None,
            dpop_nonce: None,
        }
    }

    /// Creates the error for a malformed request. The response states the cause for the developer.
    pub fn invalid_request(description: impl Into<String>) -> Self {
        let description = description.into();
        Self::explained(OAuthErrorCode::InvalidRequest, description)
    }

    /// Creates the error for an API or another target that the client may not name (RFC 8707 §2). The response states
    /// the cause for the developer.
    pub fn invalid_target(description: impl Into<String>) -> Self {
        Self::explained(OAuthErrorCode::InvalidTarget, description)
    }

    /// Creates an error whose response states the cause for the user or the developer.
    pub fn explained(code: OAuthErrorCode, description: impl Into<String>) -> Self {
        let description = description.into();
        Self { detail: description.clone(), description, ..Self::new(code, "") }
    }

    /// Creates the error for too many requests. The next one is accepted after this many seconds.
    pub fn too_many(seconds: u64, detail: impl Into<String>) -> Self {
        // RFC 6749 §5.2 has no code for rate limits; clients know this one from §4.1.2.1.
        let description = "There were too many requests from this address. Try again later.";
        Self {
            detail: detail.into(),
            retry_after: Some(seconds),
            ..Self::explained(OAuthErrorCode::TemporarilyUnavailable, description)
        }
    }

    /// The HTTP status of a JSON response.
    pub fn status(&self) -> u16 {
        match self.retry_after {
            Some(_) => 429,
            None => self.code.status(),
        }
    }
}
