//! The means of a synchronisation.

use crate::{
    crypto::MasterKey,
    model::{Clock, Timestamp},
    outbound::Outbound,
    store::Store,
};

/// The means of a synchronisation.
#[derive(Debug, Clone, Copy)]
pub struct ProvisioningMeans<'a> {
    /// The database.
    pub store: &'a Store,
    /// The way to the endpoint.
    pub outbound: &'a Outbound,
    /// The key that unseals its token.
    pub master_key: &'a MasterKey,
    /// The clock.
    pub clock: &'a dyn Clock,
    /// Names this process or task in the lease.
    pub holder: &'a str,
}

impl ProvisioningMeans<'_> {
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
