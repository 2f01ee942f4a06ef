//! Creating services.

use super::{Act, Refusal, check::check};
use crate::{
    model::{ClientId, ClientKeys, ServiceIdentity},
    operations::users::{self, UserDraft},
    store::services::{self, Service},
};

/// A service to create.
#[derive(Debug, Clone)]
pub struct ServiceDraft {
    /// Its account.
    pub user: UserDraft,
    /// Its keys, and the issuers whose tokens stand for it.
    pub keys: ClientKeys,
    /// The clients through which it gets tokens.
    pub clients: Vec<ClientId>,
    /// The issuer URL of this provider, whose tokens stand for no service.
    pub issuer: String,
}

impl ServiceDraft {
    /// Whether it has a key, an issuer or a client.
    pub fn has_access(&self) -> bool {
        self.keys.jwks.is_some()
            || !self.keys.federated_identities.is_empty()
            || !self.clients.is_empty()
    }
}

/// Creates a service. Refused when its account cannot be created, when it would be an administrator, and when
/// tokens of an issuer stand for another service already.
pub fn create(act: &mut Act<'_, '_>, draft: &ServiceDraft) -> Result<Service, Refusal> {
    if services::count(act)? >= ServiceIdentity::MAX {
        return Err(Refusal::TooManyServices);
    }
    let user = users::create_service(act, &draft.user)?;
    let mut clients = draft.clients.clone();
    clients.sort();
    clients.dedup();
    let keys = draft.keys.clone();
    let identity = ServiceIdentity { keys, clients, ..ServiceIdentity::new(user.id) };
    check(act, &[], &identity, &draft.issuer)?;
    services::insert(act, &identity)?;
    Ok(Service { user, identity })
}
