//! The issuers that a client may bring identity assertions of.

use super::{Act, Refusal, TrustedIssuersFault, audit};
use crate::{
    model::{Client, ClientType, EventKind, TrustedIssuer, text::is_same_issuer},
    store::{asserted_subjects, clients, grants},
};

/// The wanted issuers of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustDraft {
    /// All its issuers.
    pub issuers: Vec<TrustedIssuer>,
    /// The issuer URL of this provider, which is not among them: its own tokens are no assertions of another one.
    pub issuer: String,
}

impl TrustDraft {
    /// Whether this provider is among the issuers that are new.
    pub(super) fn names_this_server(&self, before: &[TrustedIssuer]) -> bool {
        let is_new = |one: &TrustedIssuer| !before.iter().any(|old| old.issuer == one.issuer);
        self.issuers.iter().any(|one| is_same_issuer(&one.issuer, &self.issuer) && is_new(one))
    }
}

/// Why the client may not have its trusted issuers.
pub(super) fn fault_of(client: &Client) -> Option<TrustedIssuersFault> {
    if client.trusted_issuers.is_empty() {
        return None;
    }
    if client.client_type == ClientType::Public {
        return Some(TrustedIssuersFault::Public);
    }
    if client.describes_itself() {
        return Some(TrustedIssuersFault::DescribesItself);
    }
    if client.requires_reauthentication {
        return Some(TrustedIssuersFault::Reauthentication);
    }
    // The groups say for whom the issuers may speak. Without any it would be everybody, with all administrators.
    if !client.is_group_restricted {
        return Some(TrustedIssuersFault::NotRestricted);
    }
    TrustedIssuer::fault_of(&client.trusted_issuers).map(TrustedIssuersFault::List)
}

/// Ends the tokens of users whom those issuers named that the client no longer trusts, and forgets whom an issuer
/// named that no client trusts any more.
pub(super) fn end_removed(
    act: &mut Act<'_, '_>,
    before: &Client,
    after: &[TrustedIssuer],
) -> Result<(), Refusal> {
    let removed: Vec<_> =
        before.trusted_issuers.iter().filter(|old| !old.is_among(after)).collect();
    if removed.is_empty() {
        return Ok(());
    }
    let (now, clients) = (act.now(), clients::list_with_trusted_issuers(act)?);
    let others = clients.iter().filter(|other| other.id != before.id);
    let kept: Vec<_> = others.flat_map(|other| &other.trusted_issuers).collect();
    for old in removed {
        grants::revoke_asserted(act, &before.id, old, now)?;
        if !kept.iter().any(|one| one.is_same(old)) {
            let count = asserted_subjects::delete_of_issuer(act, old)?;
            if count > 0 {
                let data = [
                    ("issuer", old.issuer.clone()),
                    ("jwks", old.jwks_url()),
                    ("subjects", count.to_string()),
                ];
                audit(act, EventKind::AssertedSubjectRemoved, before, data)?;
            }
        }
    }
    Ok(())
}
