//! Deletes the account of the key.

use std::sync::Arc;

use super::into_store_error;
use crate::{
    crypto::Rng,
    model::{Actor, Timestamp, UserId},
    operations::{By, users},
    settings::Settings,
    store::{Store, StoreError, Tx, users as stored_users},
};

/// Deletes the account of an earlier start, unless the key is set.
pub(in crate::server) fn clean_up(
    settings: &Settings,
    store: &Store,
    now: Timestamp,
    rng: &Arc<dyn Rng>,
) -> Result<(), StoreError> {
    let found = |tx: &mut Tx<'_>| stored_users::find(tx, UserId::STATIC);
    if settings.static_api_key.is_some() || store.read_blocking(found)?.is_none() {
        return Ok(());
    }
    let by = By::new(Actor::Program, now, Arc::clone(rng));
    store
        .write_blocking(by.act((), |act, ()| users::delete_static_administrator(act)))
        .map_err(into_store_error)
}
