//! Of several syncs at a time, one runs.

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use crate::{
    model::Clock,
    store::{Store, StoreError, directory},
};

/// How often the lease is renewed: several times before it ends.
const RENEW: Duration = Duration::from_secs(15);

/// The lease of the sync that runs. It ends when it is dropped.
#[derive(Debug)]
pub struct SyncLease<'a> {
    store: &'a Store,
    clock: Arc<dyn Clock>,
    holder: String,
}

impl<'a> SyncLease<'a> {
    /// Takes the lease; `None` when another sync runs.
    pub fn take(
        store: &'a Store,
        clock: Arc<dyn Clock>,
        holder: String,
    ) -> Result<Option<Self>, StoreError> {
        let lease = Self { store, clock, holder };
        Ok(if lease.renew()? { Some(lease) } else { None })
    }

    fn renew(&self) -> Result<bool, StoreError> {
        let (holder, now) = (self.holder.clone(), self.clock.now());
        self.store.write_blocking(move |tx| directory::renew(tx, &holder, now))
    }

    /// Runs the work, and renews the lease until it ends.
    pub fn hold<T>(self, work: impl FnOnce() -> T) -> T {
        let (ended, ends) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            let lease = &self;
            scope.spawn(move || {
                while ends.recv_timeout(RENEW) == Err(mpsc::RecvTimeoutError::Timeout) {
                    match lease.renew() {
                        Ok(true) => {}
                        Ok(false) => tracing::warn!("another LDAP sync has begun"),
                        Err(error) => tracing::debug!(%error, "could not renew the lease"),
                    }
                }
            });
            // Dropped also when the work panics.
            let _ended = ended;
            work()
        })
    }
}

impl Drop for SyncLease<'_> {
    fn drop(&mut self) {
        let holder = self.holder.clone();
        let given_up = self.store.write_blocking(move |tx| directory::give_up(tx, &holder));
        if let Err(error) = given_up {
            tracing::debug!(%error, "could not release the lease; it ends by itself");
        }
    }
}
