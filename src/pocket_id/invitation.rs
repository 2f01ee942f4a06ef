//! An invitation of Pocket ID.

use serde::{Deserialize, Deserializer};

use crate::model::{GroupId, SignupTokenId, Timestamp};

/// An invitation as Pocket ID keeps it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PocketIdInvitation {
    pub(super) id: SignupTokenId,
    pub(super) token: String,
    pub(super) usage_limit: i64,
    pub(super) usage_count: i64,
    #[serde(default, rename = "userGroupIds", deserialize_with = "list")]
    pub(super) groups: Vec<GroupId>,
    #[serde(deserialize_with = "seconds")]
    pub(super) created_at: Timestamp,
    #[serde(deserialize_with = "seconds")]
    pub(super) expires_at: Timestamp,
}

/// Reads a list; `null` is an empty one.
fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<GroupId>, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    i64::deserialize(deserializer).map(Timestamp::from_unix)
}
