//! The tokens of registrations: in the header only (RFC 7591 §3, RFC 7592 §2).

use crate::{
    crypto::BearerToken,
    model::RegistrationToken,
    oidc::{OAuthError, OAuthErrorCode},
    operations::client_registrations::parse_access_token,
    server::http::Head,
};

/// The initial access token, if one was sent.
pub(super) fn initial_access_token(head: &Head) -> Result<Option<BearerToken>, OAuthError> {
    if head.header("authorization").is_none() {
        return Ok(None);
    }
    let token = head.bearer().and_then(RegistrationToken::parse);
    token.map(Some).ok_or_else(unknown)
}

/// The registration access token of the client in the path.
pub(super) fn access_token(head: &Head, client_id: &str) -> Result<BearerToken, OAuthError> {
    let token = head.bearer().and_then(parse_access_token);
    token.filter(|token| token.id().to_string() == client_id).ok_or_else(unknown)
}

/// RFC 7592 §2: a client that is unknown is told no more than one with a wrong token.
pub(super) fn unknown() -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidToken, "there is no such token")
}
