//! Creating SCIM tokens.

use super::{Act, NewScimToken, Refusal, audit, refuse_past};
use crate::{
    model::{EventKind, ScimToken, ScimTokenId, ScimTokenName, Timestamp},
    store::scim_tokens,
};

/// A SCIM token to create.
#[derive(Debug, Clone)]
pub struct ScimTokenDraft {
    /// Its unique name.
    pub name: ScimTokenName,
    /// When it expires; never when absent.
    pub expires_at: Option<Timestamp>,
}

/// Creates a SCIM token. Refused when its name is in use, when its expiry is in the past, and when
/// there are too many.
pub fn create(act: &mut Act<'_, '_>, draft: &ScimTokenDraft) -> Result<NewScimToken, Refusal> {
    refuse_past(act, draft.expires_at)?;
    let existing = scim_tokens::list(act)?;
    if existing.iter().any(|token| token.name == draft.name) {
        return Err(Refusal::ScimTokenNameInUse(draft.name.clone()));
    }
    if existing.len() >= ScimToken::MAX {
        return Err(Refusal::TooManyScimTokens);
    }
    let row = ScimToken {
        id: ScimTokenId(act.new_id()),
        name: draft.name.clone(),
        created_at: act.now(),
        expires_at: draft.expires_at,
        last_used_at: None,
    };
    let token = ScimToken::draw(row.id, act.rng());
    scim_tokens::insert(act, &row, token.digest())?;
    audit(act, EventKind::ScimTokenCreated, &row)?;
    Ok(NewScimToken { row, token })
}
