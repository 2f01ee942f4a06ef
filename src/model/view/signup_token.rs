//! `SignupToken` (Pocket ID 2.14)

use serde::Serialize;

use super::GroupView;
use crate::model::{Group, SignupToken, SignupTokenId, Timestamp};

/// An invitation.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignupTokenView {
    id: SignupTokenId,
    /// The token, only in responses that include it; empty if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    expires_at: Timestamp,
    usage_limit: i64,
    usage_count: i64,
    user_groups: Vec<GroupView>,
    created_at: Timestamp,
}

impl SignupTokenView {
    /// The invitation as shown in the REST API.
    pub fn of(token: &SignupToken, groups: &[Group]) -> Self {
        Self {
            id: token.id,
            token: None,
            expires_at: token.expires_at,
            usage_limit: token.usage_limit,
            usage_count: token.usage_count,
            user_groups: groups.iter().map(|group| GroupView::of(group, 0)).collect(),
            created_at: token.created_at,
        }
    }

    /// Adds the token.
    pub fn with_token(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }
}
