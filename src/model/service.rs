//! Service identities: users that are no people.

use super::{ClientId, ClientKeys, FederatedIdentity, Timestamp, UserId};

/// How a service proves who it is (RFC 7523 §2.1), and through which clients it gets tokens.
#[derive(Debug, Clone)]
pub struct ServiceIdentity {
    /// Its account.
    pub user_id: UserId,
    /// Its own public keys, and the issuers whose tokens stand for it.
    pub keys: ClientKeys,
    /// The clients that it may get tokens through, by id.
    pub clients: Vec<ClientId>,
    /// When it last got a token.
    pub last_used_at: Option<Timestamp>,
}

impl ServiceIdentity {
    /// The most issuers of a service.
    pub const MAX_ISSUERS: usize = 20;
    /// The most clients of a service.
    pub const MAX_CLIENTS: usize = 100;
    /// The most services, which administrators create one by one.
    pub const MAX: i64 = 1_000;

    /// An identity that proves nothing yet.
    pub fn new(user_id: UserId) -> Self {
        Self { user_id, keys: ClientKeys::default(), clients: Vec::new(), last_used_at: None }
    }

    /// The federated identity of a token of another issuer.
    pub fn federated(&self, issuer: &str, subject: &str) -> Option<&FederatedIdentity> {
        let is_it = |one: &&FederatedIdentity| {
            one.issuer == issuer && one.subject.as_deref() == Some(subject)
        };
        self.keys.federated_identities.iter().find(is_it)
    }

    /// Whether it can get no token: it lacks credentials, or clients.
    pub fn is_idle(&self) -> bool {
        self.keys.is_empty() || self.clients.is_empty()
    }

    /// Whether it has a key or an issuer that `other` lacks.
    pub fn has_credentials_beyond(&self, other: &Self) -> bool {
        let (keys, others) = (&self.keys, &other.keys);
        let has_key = |key| others.jwks.as_ref().is_some_and(|set| set.keys.contains(key));
        let has_issuer = |one| others.federated_identities.contains(one);
        !keys.jwks.iter().flat_map(|set| &set.keys).all(has_key)
            || !keys.federated_identities.iter().all(has_issuer)
    }

    /// Whether it has a key, an issuer or a client that `other` lacks.
    pub fn has_access_beyond(&self, other: &Self) -> bool {
        self.has_credentials_beyond(other)
            || !self.clients.iter().all(|client| other.clients.contains(client))
    }

    /// Whether it has a key, an issuer or a client.
    pub fn has_access(&self) -> bool {
        self.has_access_beyond(&Self::new(self.user_id))
    }
}
