//! Renewing expired API keys.

use super::{Act, Refusal, audit, refuse_past, require};
use crate::{
    crypto::Digest,
    model::{ApiKey, ApiKeyId, EventKind, Timestamp, UserId},
    store::{api_keys, sessions::OnWordOf},
};

/// A new API key that replaces an expired one.
#[derive(Debug, Clone)]
pub struct Renewal {
    /// The id of the expired key. The new key keeps its id and name.
    pub id: ApiKeyId,
    /// Its owner.
    pub user_id: UserId,
    /// When the new key expires.
    pub expires_at: Timestamp,
    /// The digest of the new key.
    pub digest: Digest,
}

/// Replaces an expired API key. Refused while the old key is still valid.
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
