//! Rotating SCIM tokens.

use super::{Act, NewScimToken, Refusal, audit, refuse_past, require};
use crate::{
    model::{EventKind, ScimToken, ScimTokenId, Timestamp},
    operations::Change,
    store::scim_tokens,
};

/// A new bearer value for a SCIM token.
#[derive(Debug, Clone)]
pub struct ScimTokenRotation {
    /// The token. Its name and the external ids of its program stay.
    pub id: ScimTokenId,
    /// When the new one expires; never when `None`.
    pub expires_at: Change<Option<Timestamp>>,
}

/// Replaces the bearer value of a SCIM token. The old one is refused from then on. Refused when it
/// would have expired already.
pub fn rotate(
    act: &mut Act<'_, '_>,
    rotation: &ScimTokenRotation,
) -> Result<NewScimToken, Refusal> {
    let mut row = require(act, rotation.id)?;
    rotation.expires_at.apply(&mut row.expires_at);
    refuse_past(act, row.expires_at)?;
    let token = ScimToken::draw(row.id, act.rng());
    scim_tokens::rotate(act, &row, token.digest())?;
    audit(act, EventKind::ScimTokenRotated, &row)?;
    Ok(NewScimToken { row, token })
}
