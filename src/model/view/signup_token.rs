//! `SignupToken` (Pocket ID 2.14)

use serde::Serialize;

use super::GroupView;
use crate::model::{Group, SignupToken, SignupTokenId, Timestamp};

/// An invitation. The token itself is shown when it is made, and never again.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignupTokenView {
    id: SignupTokenId,
    expires_at: Timestamp,
    usage_limit: i64,
    usage_count: i64,
    user_groups: Vec<GroupView>,
    created_at: Timestamp,
}

impl SignupTokenView {
    /// The invitation as the API shows it.
    pub fn of(token: &SignupToken, groups: &[Group]) -> Self {
        Self {
            id: token.id,
            expires_at: token.expires_at,
            usage_limit: token.usage_limit,
            usage_count: token.usage_count,
            user_groups: groups.iter().map(|group| GroupView::of(group, 0)).collect(),
            created_at: token.created_at,
        }
    }
}
