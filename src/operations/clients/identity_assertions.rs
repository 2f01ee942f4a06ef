//! The authorization servers elsewhere for which a client gets assertions about its users.

use super::{Act, PublicClientFault, Refusal};
use crate::{
    model::{
        AssertionRule, Client, ClientType,
        text::{TextError, is_same_issuer},
    },
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
    client: &Client,
    change: &Change<AssertionsDraft>,
) -> Result<bool, Refusal> {
    let Change::Set(AssertionsDraft { rules, issuer }) = change else { return Ok(false) };
    let old = identity_assertions::list_of_client(act, &client.id)?;
    let mut added = rules.iter().filter(|rule| !old.contains(rule)).peekable();
    let adds = added.peek().is_some();
    if added.any(|rule| is_same_issuer(rule.audience.as_str(), issuer)) {
        return Err(Refusal::NamesThisServer { field: "identityAssertions" });
    }
    if let Some(fault) = AssertionRule::fault_of(rules) {
        let error = TextError::format(fault);
        return Err(Refusal::Field { field: "identityAssertions", error });
    }
    if old.len() == rules.len() && !adds {
        return Ok(false);
    }
    if adds && client.client_type == ClientType::Public {
        return Err(PublicClientFault::GetsAssertions.into());
    }
    identity_assertions::replace(act, &client.id, rules)?;
    Ok(true)
}
