//! Creating API keys.

use super::{Act, Refusal, audit, refuse_past};
use crate::{
    crypto::Digest,
    model::{ApiKey, ApiKeyDescription, ApiKeyId, ApiKeyName, EventKind, Timestamp, UserId},
    operations::people_only::refuse_service,
    store::{api_keys, sessions::OnWordOf, users},
};

/// An API key to create.
#[derive(Debug, Clone)]
pub struct ApiKeyDraft {
    /// Its owner.
    pub user_id: UserId,
    /// The name that its owner gave it. Names need not be unique.
    pub name: ApiKeyName,
    /// Its purpose.
    pub description: Option<ApiKeyDescription>,
    /// When it expires.
    pub expires_at: Timestamp,
    /// The digest of the key. The key itself is shown once and never stored.
    pub digest: Digest,
}

/// Creates an API key. Refused when its owner has the maximum number of keys, expired ones
/// included, and when the expiry is in the past.
pub fn create(
    act: &mut Act<'_, '_>,
    draft: &ApiKeyDraft,
    on_word_of: OnWordOf<'_>,
) -> Result<ApiKey, Refusal> {
    refuse_past(act, draft.expires_at)?;
    // A service proves who it is each time; a key that does not end soon is what it is there to avoid.
    if let Some(owner) = users::find(act, draft.user_id)? {
        refuse_service(&owner)?;
    }
    let count = api_keys::count_of_user(act, draft.user_id)?;
    if count >= ApiKey::MAX_PER_USER {
        return Err(Refusal::TooManyApiKeys { count });
    }
    let key = ApiKey {
        id: ApiKeyId(act.new_id()),
        user_id: draft.user_id,
        name: draft.name.clone(),
        description: draft.description.clone(),
        created_at: act.now(),
        expires_at: draft.expires_at,
        last_used_at: None,
        is_expiry_told: false,
    };
    api_keys::insert(act, &key, draft.digest, on_word_of)?;
    audit(act, EventKind::ApiKeyCreated, &key)?;
    Ok(key)
}
