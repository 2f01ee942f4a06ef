//! SCIM tokens.

mod create;
mod delete;
mod rotate;

pub use create::{ScimTokenDraft, create};
pub use delete::delete;
pub use rotate::{ScimTokenRotation, rotate};

use super::{Act, Noun, Refusal};
use crate::{
    crypto::BearerToken,
    model::{Concerned, EventKind, ScimToken, ScimTokenId, Timestamp},
    store::{Tx, scim_tokens},
};

/// A token with its bearer value, which is shown once and never stored.
#[derive(Debug)]
pub struct NewScimToken {
    /// The token.
    pub row: ScimToken,
    /// Its bearer value.
    pub token: BearerToken,
}

/// Finds a token, or refuses with [`Refusal::NotFound`].
pub fn require(tx: &mut Tx<'_>, id: ScimTokenId) -> Result<ScimToken, Refusal> {
    scim_tokens::find(tx, id)?.ok_or(Refusal::NotFound(Noun::ScimToken))
}

fn refuse_past(act: &Act<'_, '_>, expires_at: Option<Timestamp>) -> Result<(), Refusal> {
    match expires_at {
        Some(end) if end <= act.now() => Err(Refusal::ScimTokenExpiryPast),
        _ => Ok(()),
    }
}

fn audit(act: &mut Act<'_, '_>, kind: EventKind, token: &ScimToken) -> Result<(), Refusal> {
    let data = [("scimTokenName", token.name.to_string())];
    Ok(act.audit(kind, Concerned::from(token.id), data)?)
}
