//! API keys for the REST API.

mod create;
mod delete;
mod remind;
mod renew;

pub use create::{ApiKeyDraft, create};
pub use delete::delete;
pub use remind::remind;
pub use renew::{Renewal, renew};

use super::{Act, Noun, Refusal};
use crate::{
    model::{ApiKey, ApiKeyId, Concerned, EventKind, Timestamp, UserId},
    store::api_keys,
};

/// Finds an API key of a user. Keys of other users count as not found.
fn require(act: &mut Act<'_, '_>, id: ApiKeyId, user_id: UserId) -> Result<ApiKey, Refusal> {
    let key = api_keys::find(act, id)?.filter(|key| key.user_id == user_id);
    key.ok_or(Refusal::NotFound(Noun::ApiKey))
}

fn refuse_past(act: &Act<'_, '_>, expires_at: Timestamp) -> Result<(), Refusal> {
    if expires_at > act.now() { Ok(()) } else { Err(Refusal::ApiKeyExpiryPast) }
}

fn audit(act: &mut Act<'_, '_>, kind: EventKind, key: &ApiKey) -> Result<(), Refusal> {
    let concerned = Concerned::from(key.id).and_user(key.user_id);
    Ok(act.audit(kind, concerned, [("apiKeyName", key.name.to_string())])?)
}
