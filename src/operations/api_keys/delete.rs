//! Deleting API keys.

use super::{Act, Noun, Refusal, audit, require};
use crate::{
    model::{ApiKey, ApiKeyId, EventKind, UserId},
    store::api_keys,
};

/// Deletes an API key of a user. Programs can no longer use it.
pub fn delete(act: &mut Act<'_, '_>, id: ApiKeyId, user_id: UserId) -> Result<ApiKey, Refusal> {
    let key = require(act, id, user_id)?;
    if !api_keys::delete(act, id, user_id)? {
        return Err(Refusal::NotFound(Noun::ApiKey));
    }
    audit(act, EventKind::ApiKeyDeleted, &key)?;
    Ok(key)
}
