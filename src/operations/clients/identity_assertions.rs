//! The authorization servers elsewhere for which a client gets assertions about its users.

use super::{Act, Refusal};
use crate::{
    model::{AssertionRule, ClientId, text::TextError},
    operations::Change,
    store::identity_assertions,
};

/// The wanted rules of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionsDraft {
    /// All its rules.
    pub rules: Vec<AssertionRule>,
    /// The issuer URL of this provider, which no rule may have as its audience.
    pub issuer: String,
}

/// Sets the rules without an audit entry. `true` when they changed.
pub(super) fn replace_identity_assertions(
    act: &mut Act<'_, '_>,
    id: &ClientId,
    change: &Change<AssertionsDraft>,
) -> Result<bool, Refusal> {
    let Change::Set(AssertionsDraft { rules, issuer }) = change else { return Ok(false) };
    if let Some(fault) = AssertionRule::fault_of(rules, issuer) {
        let error = TextError::format(fault);
        return Err(Refusal::Field { field: "identityAssertions", error });
    }
    let old = identity_assertions::list_of_client(act, id)?;
    if old.len() == rules.len() && rules.iter().all(|rule| old.contains(rule)) {
        return Ok(false);
    }
    identity_assertions::replace(act, id, rules)?;
    Ok(true)
}
