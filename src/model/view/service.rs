//! Services in the REST API.

use std::collections::BTreeMap;

use serde::Serialize;

use super::UserView;
use crate::{
    crypto::JwkSet,
    model::{
        ClientId, CustomClaim, FederatedIdentity, Group, GroupId, ServiceIdentity, Timestamp, User,
    },
};

/// A user that is no person, and how it proves who it is.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ServiceView {
    #[serde(flatten)]
    user: UserView,
    /// Its public keys.
    jwks: Option<JwkSet>,
    /// The issuers whose tokens stand for it.
    federated_identities: Vec<FederatedIdentity>,
    /// The clients through which it gets tokens.
    client_ids: Vec<ClientId>,
    /// When it last got a token.
    last_used_at: Option<Timestamp>,
}

impl ServiceView {
    /// The service as shown in the REST API.
    pub fn of(user: &User, groups: &[Group], identity: &ServiceIdentity) -> Self {
        Self {
            user: UserView::of(user, groups),
            jwks: identity.keys.jwks.clone(),
            federated_identities: identity.keys.federated_identities.clone(),
            client_ids: identity.clients.clone(),
            last_used_at: identity.last_used_at,
        }
    }

    /// Adds when memberships end, and the claims.
    pub fn with_ends_and_claims(
        self,
        ends: &BTreeMap<GroupId, Timestamp>,
        claims: Vec<CustomClaim>,
    ) -> Self {
        Self { user: self.user.with_membership_ends(ends).with_custom_claims(claims), ..self }
    }
}
