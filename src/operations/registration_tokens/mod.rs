//! Initial access tokens: how programs register clients (RFC 7591 §3).

mod create;
mod delete;

pub use create::{RegistrationTokenDraft, create};
pub use delete::delete;

use super::{Act, Noun, Refusal};
use crate::{
    crypto::BearerToken,
    model::{Concerned, EventKind, RegistrationToken, RegistrationTokenId, Timestamp},
    store::{Tx, registration_tokens},
};

/// A token with its bearer value, which is shown once and never stored.
#[derive(Debug)]
pub struct NewRegistrationToken {
    /// The token.
    pub row: RegistrationToken,
    /// Its bearer value.
    pub token: BearerToken,
}

/// Finds a token, or refuses with [`Refusal::NotFound`].
pub fn require(tx: &mut Tx<'_>, id: RegistrationTokenId) -> Result<RegistrationToken, Refusal> {
    registration_tokens::find(tx, id)?.ok_or(Refusal::NotFound(Noun::RegistrationToken))
}

fn refuse_past(act: &Act<'_, '_>, expires_at: Option<Timestamp>) -> Result<(), Refusal> {
    match expires_at {
        Some(end) if end <= act.now() => Err(Refusal::RegistrationTokenExpiryPast),
        _ => Ok(()),
    }
}

fn audit(act: &mut Act<'_, '_>, kind: EventKind, token: &RegistrationToken) -> Result<(), Refusal> {
    let data = [("registrationTokenName", token.name.to_string())];
    Ok(act.audit(kind, Concerned::from(token.id), data)?)
}
