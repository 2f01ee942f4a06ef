//! Changing how services prove who they are.

use super::{Act, Refusal, check::check, require};
use crate::{
    crypto::JwkSet,
    model::{ClientId, EventKind, FederatedIdentity, UserId},
    operations::Change,
    store::{
        grants,
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
    let identity = &mut after.identity;
    let mut clients = change.clients.clone();
    if let Change::Set(ids) = &mut clients {
        ids.sort();
        ids.dedup();
    }
    let changed: Vec<_> = [
        ("jwks", change.jwks.apply(&mut identity.keys.jwks)),
        (
            "federatedIdentities",
            change.federated_identities.apply(&mut identity.keys.federated_identities),
        ),
        ("clientIds", clients.apply(&mut identity.clients)),
    ]
    .into_iter()
    .filter(|(_, is_other)| *is_other)
    .map(|(name, _)| name)
    .collect();
    if changed.is_empty() {
        return Ok(before);
    }
    check(act, &after.identity)?;
    services::update(act, &after.identity)?;
    let now = act.now();
    if before.identity.loses_credentials(&after.identity) {
        grants::revoke_all(act, id, now)?;
    }
    for client in before.identity.clients {
        if !after.identity.clients.contains(&client) {
            grants::revoke_of_client(act, id, &client, now)?;
        }
    }
    act.audit(EventKind::AccountChanged, id, [("changed", changed.join(" "))])?;
    require(act, id)
}
