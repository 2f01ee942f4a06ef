//! Services in the REST API.

use serde::Serialize;

use super::UserView;
use crate::{
    crypto::JwkSet,
    model::{ClientId, FederatedIdentity, Group, ServiceIdentity, Timestamp, User},
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
}
