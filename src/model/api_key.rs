//! API keys: how scripts authenticate to the REST API.

use super::{ApiKeyId, Timestamp, UserId, text::text_type};
use crate::crypto::{Rng, Secret, rng::ALPHANUMERIC};

text_type!(
    /// The name of an API key, chosen by its owner.
    ApiKeyName, 3, 50
);

text_type!(
    /// The purpose of an API key, in one sentence.
    ApiKeyDescription, 0, 2_000
);

/// Length of a key, in characters (Pocket ID 2.14).
const LENGTH: usize = 32;

/// An API key without its secret. It has the same rights as its owner.
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Its owner.
    pub user_id: UserId,
    /// The name, chosen by the owner.
    pub name: ApiKeyName,
    /// The purpose.
    pub description: Option<ApiKeyDescription>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Whether its owner got a mail that it is about to expire.
    pub is_expiry_told: bool,
}

impl ApiKey {
    /// The most keys that a user can have, including expired ones.
    pub const MAX_PER_USER: usize = 100;

    /// Generates a key. Only its digest is stored.
    pub fn draw(rng: &dyn Rng) -> Secret {
        rng.text(ALPHANUMERIC, LENGTH)
    }

    /// Whether it has not expired.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at > now
    }
}
