//! What applications may do for users.

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

/// What was ended at once.
#[derive(Debug)]
pub struct RevokedGrants {
    /// The grants that were good.
    pub grants: Vec<LiveGrant>,
    /// What was forgotten: the clients have to ask again.
    pub consents: Vec<Consent>,
}

/// Ends one grant. What its user allowed the client is remembered.
pub fn revoke(act: &mut Act<'_, '_>, id: GrantId) -> Result<LiveGrant, Refusal> {
    let now = act.now();
    let grant = live_grants::find(act, id, now)?.ok_or(Refusal::NotFound(Noun::Grant))?;
    end(act, &grant)?;
    Ok(grant)
}

/// Ends all grants of a user, or those of one client, and forgets what was allowed.
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
    for grant in &grants {
        end(act, grant)?;
    }
    let told: BTreeSet<_> = grants.iter().map(|grant| grant.client_id.clone()).collect();
    for consent in &consents {
        sign_out::end_access(act, user_id, &consent.client_id, now)?;
        if !told.contains(&consent.client_id) {
            audit(act, user_id, &consent.client_id)?;
        }
    }
    Ok(RevokedGrants { grants, consents })
}

/// Ends what a client may do for a user, also while they are away, and forgets that they allowed it. One audit
/// entry tells of it.
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
