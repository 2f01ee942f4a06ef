//! Changing how services prove who they are.

use std::collections::BTreeSet;

use super::{Act, Refusal, check::check, require};
use crate::{
    crypto::JwkSet,
    model::{ClientId, EventKind, FederatedIdentity, ServiceIdentity, SessionId, UserId},
    operations::Change,
    store::{
        backchannel_logouts, grants,
        services::{self, Service},
    },
};

/// A change of the keys, issuers and clients of a service. The account is changed like that of a person.
#[derive(Debug, Clone, Default)]
pub struct ServiceChange {
    /// Its public keys.
    pub jwks: Change<Option<JwkSet>>,
    /// The issuers whose tokens stand for it.
    pub federated_identities: Change<Vec<FederatedIdentity>>,
    /// The clients through which it gets tokens.
    pub clients: Change<Vec<ClientId>>,
    /// The issuer URL of this provider, whose tokens stand for no service.
    pub issuer: String,
}

impl ServiceChange {
    /// Whether the service would get a key, an issuer or a client that it has not.
    pub fn adds_access(&self, before: &ServiceIdentity) -> bool {
        let mut after = before.clone();
        self.apply(&mut after);
        after.has_access_beyond(before)
    }

    /// Changes an identity. Returns the names of the fields that are others now.
    fn apply(&self, identity: &mut ServiceIdentity) -> Vec<&'static str> {
        let mut clients = self.clients.clone();
        if let Change::Set(ids) = &mut clients {
            ids.sort();
            ids.dedup();
        }
        let ServiceIdentity { keys, clients: known, .. } = identity;
        let changed = [
            ("jwks", self.jwks.apply(&mut keys.jwks)),
            (
                "federatedIdentities",
                self.federated_identities.apply(&mut keys.federated_identities),
            ),
            ("clientIds", clients.apply(known)),
        ];
        changed.into_iter().filter(|(_, is_other)| *is_other).map(|(name, _)| name).collect()
    }
}

/// The thumbprints of the keys, the issuers with their subjects, and the clients, for the audit log.
fn names(identity: &ServiceIdentity) -> BTreeSet<String> {
    let keys = identity.keys.jwks.iter().flat_map(|set| &set.keys);
    let keys = keys.map(|key| key.thumbprint().as_str().to_owned());
    let issuers = identity.keys.federated_identities.iter();
    let issuers =
        issuers.map(|one| format!("{}#{}", one.issuer, one.subject.as_deref().unwrap_or_default()));
    keys.chain(issuers).chain(identity.clients.iter().map(ToString::to_string)).collect()
}

/// Changes a service. Its tokens end when it loses a key or an issuer, since they may have been got with
/// that, and those of a client that it may not use any more.
pub fn update(
    act: &mut Act<'_, '_>,
    id: UserId,
    change: &ServiceChange,
) -> Result<Service, Refusal> {
    let before = require(act, id)?;
    let mut after = before.clone();
    let changed = change.apply(&mut after.identity);
    if changed.is_empty() {
        return Ok(before);
    }
    let known = &before.identity.keys.federated_identities;
    check(act, known, &after.identity, &change.issuer)?;
    services::update(act, &after.identity)?;
    let now = act.now();
    if before.identity.has_credentials_beyond(&after.identity) {
        // Its tokens are all of one session.
        let notice = act.new_id();
        backchannel_logouts::insert_for_session(act, notice, id, SessionId(id.0), now)?;
        grants::revoke_all(act, id, now)?;
    }
    for client in &before.identity.clients {
        if !after.identity.clients.contains(client) {
            grants::revoke_of_client(act, id, client, now)?;
        }
    }
    let (old, new) = (names(&before.identity), names(&after.identity));
    let listed =
        |names: Vec<&String>| names.into_iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    let added = listed(new.difference(&old).collect());
    let removed = listed(old.difference(&new).collect());
    let data = [("changed", changed.join(" ")), ("added", added), ("removed", removed)];
    act.audit(
        EventKind::AccountChanged,
        id,
        data.into_iter().filter(|(_, text)| !text.is_empty()),
    )?;
    require(act, id)
}
