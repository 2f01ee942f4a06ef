//! Deleting SCIM tokens.

use super::{Act, Noun, Refusal, audit, require};
use crate::{
    model::{EventKind, ScimToken, ScimTokenId},
    store::scim_tokens,
};

/// Deletes a SCIM token, with the external ids of its program. The accounts and groups that it
/// created stay.
pub fn delete(act: &mut Act<'_, '_>, id: ScimTokenId) -> Result<ScimToken, Refusal> {
    let token = require(act, id)?;
    if !scim_tokens::delete(act, id)? {
        return Err(Refusal::NotFound(Noun::ScimToken));
    }
    audit(act, EventKind::ScimTokenDeleted, &token)?;
    Ok(token)
}
