//! Deleting initial access tokens.

use super::{Act, Noun, Refusal, audit, require};
use crate::{
    model::{EventKind, RegistrationToken, RegistrationTokenId},
    store::registration_tokens,
};

/// Deletes an initial access token. The clients that were registered with it stay.
pub fn delete(
    act: &mut Act<'_, '_>,
    id: RegistrationTokenId,
) -> Result<RegistrationToken, Refusal> {
    let token = require(act, id)?;
    if !registration_tokens::delete(act, id)? {
        return Err(Refusal::NotFound(Noun::RegistrationToken));
    }
    audit(act, EventKind::RegistrationTokenDeleted, &token)?;
    Ok(token)
}
