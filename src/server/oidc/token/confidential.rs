//! Grants that only confidential clients may use.

use crate::{
    model::{Client, ClientType},
    oidc::{OAuthError, OAuthErrorCode},
};

/// Refuses a public client, which cannot do this. RFC 8693 §2.1: anyone could claim to be one.
pub(super) fn refuse_public(client: &Client, what: &str) -> Result<(), OAuthError> {
    if client.client_type == ClientType::Public {
        let detail = format!("a public client cannot {what}");
        return Err(OAuthError::new(OAuthErrorCode::UnauthorizedClient, detail));
    }
    Ok(())
}
