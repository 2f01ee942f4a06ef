//! Keys of the REST API: what scripts have in the place of a session.

use super::{ApiKeyId, Timestamp, UserId, text::text_type};
use crate::crypto::{Rng, Secret, rng::ALPHANUMERIC};

text_type!(
    /// What its owner calls a key.
    ApiKeyName, 3, 50
);

text_type!(
    /// What a key is for, in a sentence.
    ApiKeyDescription, 0, 2_000
);

/// How long a key is (Pocket ID 2.14).
const LENGTH: usize = 32;

/// What is known of a key: never the key. It may do what its owner may.
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Its owner.
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: ApiKeyName,
    /// What it is for.
    pub description: Option<ApiKeyDescription>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was last seen, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Whether its owner was told by mail that it is about to expire.
    pub is_expiry_told: bool,
}

impl ApiKey {
    /// As many as a user can have, expired ones among them.
    pub const MAX_PER_USER: usize = 100;

    /// Draws a key. Only its digest is stored.
    pub fn draw(rng: &dyn Rng) -> Secret {
        rng.text(ALPHANUMERIC, LENGTH)
    }

    /// Whether it still works.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at > now
    }
}
