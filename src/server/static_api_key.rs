//! The REST API key from the environment, and the account that it acts as (Pocket ID 2.14).
//!
//! It has the rights of an administrator's key. Its account is deleted when a server starts without
//! the key.

use std::sync::Arc;

use super::App;
use crate::{
    crypto::{Digest, Rng, rng::ALPHANUMERIC},
    model::{Actor, Timestamp, User, UserId},
    operations::{By, Refusal, users},
    settings::Settings,
    store::{Store, StoreError, users as stored_users},
};

/// The length of the random part of its username.
const DRAWN: usize = 6;

/// Deletes the account of an earlier start, unless the key is set.
pub(super) fn clean_up(
    settings: &Settings,
    store: &Store,
    (now, rng): (Timestamp, &Arc<dyn Rng>),
) -> Result<(), StoreError> {
    let found = |tx: &mut crate::store::Tx<'_>| stored_users::find(tx, UserId::STATIC);
    if settings.static_api_key.is_some() || store.read_blocking(found)?.is_none() {
        return Ok(());
    }
    let by = By::new(Actor::Program, now, Arc::clone(rng));
    store
        .write_blocking(by.act((), |act, ()| users::delete_static_administrator(act)))
        .map_err(into_store_error)
}

/// Finds the account, if the given key is the one from the environment. The first use creates it.
pub(super) async fn find_account(
    app: &Arc<App>,
    presented: Digest,
    now: Timestamp,
) -> Result<Option<User>, StoreError> {
    let Some(key) = &app.settings().static_api_key else { return Ok(None) };
    if !Digest::of(key.expose()).constant_time_eq(&presented) {
        return Ok(None);
    }
    if let Some(user) = app.store().read(|tx| stored_users::find(tx, UserId::STATIC)).await? {
        return Ok(Some(user));
    }
    let drawn = app.rng().text(ALPHANUMERIC, DRAWN);
    let username = format!("static-api-user-{}", drawn.expose());
    let username = username.parse().expect("letters and digits make a username");
    let by = By::new(Actor::Program, now, app.shared_rng());
    let created = app.store().write(by.act(username, users::ensure_static_administrator));
    created.await.map(Some).map_err(into_store_error)
}

/// No other account can have its id and username, so only store errors are expected.
fn into_store_error(refusal: Refusal) -> StoreError {
    match refusal {
        Refusal::Store(error) => error,
        _ => StoreError::Conflict,
    }
}
