//! The issuers that a client may bring identity assertions of.

use super::{Act, Refusal, audit};
use crate::{
    model::{Client, ClientType, EventKind, TrustedIssuer},
    store::{asserted_subjects, clients, grants},
};

/// Why the client may not have its trusted issuers.
pub(super) fn fault_of(client: &Client) -> Option<&'static str> {
    if client.trusted_issuers.is_empty() {
        return None;
    }
    if client.client_type == ClientType::Public {
        return Some("are for clients that prove themselves, and this one is public");
    }
    if client.describes_itself() {
        return Some("are for clients that an administrator made, and this one changes by itself");
    }
    if client.requires_reauthentication {
        return Some("do not go with a passkey for each sign-in: nobody would be there to use it");
    }
    // The groups say for whom the issuers may speak. Without any it would be everybody, with all administrators.
    if !client.is_group_restricted {
        return Some(
            "are for clients that only members of their groups may use: give it a group first",
        );
    }
    TrustedIssuer::fault_of(&client.trusted_issuers)
}

/// Ends the tokens of users whom those issuers named that the client no longer trusts, and forgets whom an issuer
/// named that no client trusts any more.
pub(super) fn end_removed(
    act: &mut Act<'_, '_>,
    before: &Client,
    after: &[TrustedIssuer],
) -> Result<(), Refusal> {
    let removed: Vec<_> = before
        .trusted_issuers
        .iter()
        .filter(|old| !after.iter().any(|new| new.is_same(old)))
        .collect();
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
