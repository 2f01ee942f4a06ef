//! A new key in the place of one that has expired.

use super::{Act, Refusal, audit, refuse_past, require};
use crate::{
    crypto::Digest,
    model::{ApiKey, ApiKeyId, EventKind, Timestamp, UserId},
    store::{api_keys, sessions::OnWordOf},
};

/// A key that takes the place of another one.
#[derive(Debug, Clone)]
pub struct Renewal {
    /// The expired key, whose name and id it gets.
    pub id: ApiKeyId,
    /// Its owner.
    pub user_id: UserId,
    /// When the new key stops working.
    pub expires_at: Timestamp,
    /// The digest of the new key.
    pub digest: Digest,
}

/// Puts a new key into the place of one that has expired. Refused while that still works.
pub fn renew(
    act: &mut Act<'_, '_>,
    renewal: &Renewal,
    on_word_of: OnWordOf<'_>,
) -> Result<ApiKey, Refusal> {
    refuse_past(act, renewal.expires_at)?;
    let mut key = require(act, renewal.id, renewal.user_id)?;
    if key.is_live(act.now()) {
        return Err(Refusal::ApiKeyNotExpired(key.name));
    }
    key.expires_at = renewal.expires_at;
    api_keys::renew(act, &key, renewal.digest, on_word_of)?;
    audit(act, EventKind::ApiKeyCreated, &key)?;
    Ok(key)
}
