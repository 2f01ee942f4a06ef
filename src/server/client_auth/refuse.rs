//! Refusals of clients that do not prove who they are.

use crate::oidc::{OAuthError, OAuthErrorCode};

pub(super) fn refuse(detail: &str) -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidClient, detail)
}

pub(super) fn wrong_secret() -> OAuthError {
    refuse("the secret is wrong or has expired")
}
