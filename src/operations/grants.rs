//! Grants: the access of clients on behalf of users.

use std::collections::BTreeSet;

use super::{Act, Noun, Refusal};
use crate::{
    model::{ClientId, EventKind, GrantId, LiveGrant, UserId},
    store::{
        StoreError, clients,
        consents::{self, Consent},
        grants, live_grants, sign_out,
    },
};

/// The grants and consents that were revoked together.
#[derive(Debug)]
pub struct RevokedGrants {
    /// The grants that were still valid.
    pub grants: Vec<LiveGrant>,
    /// The deleted consents: these clients must ask for consent again.
    pub consents: Vec<Consent>,
}

/// Ends one grant. The user's consent to the client is kept.
pub fn revoke(act: &mut Act<'_, '_>, id: GrantId) -> Result<LiveGrant, Refusal> {
    let now = act.now();
    let grant = live_grants::find(act, id, now)?.ok_or(Refusal::NotFound(Noun::Grant))?;
    end(act, &grant)?;
    Ok(grant)
}

/// Ends all grants of a user, or those for one client, and deletes the consents. Writes one audit
/// entry for each client.
pub fn revoke_all(
    act: &mut Act<'_, '_>,
    user_id: UserId,
    client_id: Option<&ClientId>,
) -> Result<RevokedGrants, Refusal> {
    let now = act.now();
    let is_meant = |id: &ClientId| client_id.is_none_or(|client_id| client_id == id);
    let mut grants = live_grants::list_of_user(act, user_id, now)?;
    grants.retain(|grant| is_meant(&grant.client_id));
    let mut consents = consents::list_of_user(act, user_id)?;
    consents.retain(|consent| is_meant(&consent.client_id));
    // One statement and one entry for each client: a user may have many grants for one.
    let of_grants = grants.iter().map(|grant| &grant.client_id);
    let of_consents = consents.iter().map(|consent| &consent.client_id);
    for client_id in of_grants.chain(of_consents).collect::<BTreeSet<_>>() {
        sign_out::end_access(act, user_id, client_id, now)?;
        audit(act, user_id, client_id)?;
    }
    Ok(RevokedGrants { grants, consents })
}

/// Ends the access of a client on behalf of a user, offline access included, and deletes the
/// consent. Writes one audit entry.
pub fn end_access(
    act: &mut Act<'_, '_>,
    user_id: UserId,
    client_id: &ClientId,
) -> Result<(), Refusal> {
    let now = act.now();
    if !sign_out::end_access(act, user_id, client_id, now)? {
        return Err(Refusal::NotFound(Noun::Authorization));
    }
    Ok(audit(act, user_id, client_id)?)
}

fn end(act: &mut Act<'_, '_>, grant: &LiveGrant) -> Result<(), StoreError> {
    let now = act.now();
    grants::revoke(act, grant.id, now)?;
    audit(act, grant.user_id, &grant.client_id)
}

fn audit(act: &mut Act<'_, '_>, user_id: UserId, client_id: &ClientId) -> Result<(), StoreError> {
    let name = clients::find(act, client_id)?.map(|client| ("clientName", client.name.to_string()));
    act.audit(EventKind::GrantRevoked, user_id, name)
}
