//! Creating initial access tokens.

use super::{Act, NewRegistrationToken, Refusal, audit, refuse_past};
use crate::{
    model::{EventKind, RegistrationToken, RegistrationTokenId, RegistrationTokenName, Timestamp},
    store::registration_tokens,
};

/// An initial access token to create.
#[derive(Debug, Clone)]
pub struct RegistrationTokenDraft {
    /// Its unique name.
    pub name: RegistrationTokenName,
    /// When it expires; never when absent.
    pub expires_at: Option<Timestamp>,
}

/// Creates an initial access token. Refused when its name is in use, when its expiry is in the past, and when
/// there are too many.
pub fn create(
    act: &mut Act<'_, '_>,
    draft: &RegistrationTokenDraft,
) -> Result<NewRegistrationToken, Refusal> {
    refuse_past(act, draft.expires_at)?;
    let existing = registration_tokens::list(act)?;
    if existing.iter().any(|token| token.name == draft.name) {
        return Err(Refusal::RegistrationTokenNameInUse(draft.name.clone()));
    }
    if existing.len() >= RegistrationToken::MAX {
        return Err(Refusal::TooManyRegistrationTokens);
    }
    let row = RegistrationToken {
        id: RegistrationTokenId(act.new_id()),
        name: draft.name.clone(),
        created_at: act.now(),
        expires_at: draft.expires_at,
        last_used_at: None,
    };
    let token = RegistrationToken::draw(row.id, act.rng());
    registration_tokens::insert(act, &row, token.digest())?;
    audit(act, EventKind::RegistrationTokenCreated, &row)?;
    Ok(NewRegistrationToken { row, token })
}
