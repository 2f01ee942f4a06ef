//! Finds the account of the key.

use std::sync::Arc;

use super::into_store_error;
use crate::{
    crypto::{Digest, rng::ALPHANUMERIC},
    model::{Actor, Timestamp, User, UserId},
    operations::{By, users},
    server::App,
    store::{StoreError, users as stored_users},
};

/// The length of the random part of its username.
const DRAWN: usize = 6;

/// Finds the account, if the given key is the one from the environment. The first use creates it.
pub(in crate::server) async fn find_account(
    app: &Arc<App>,
    presented: Digest,
    now: Timestamp,
) -> Result<Option<User>, StoreError> {
    let Some(key) = &app.settings().static_api_key else { return Ok(None) };
    if !Digest::of(key.expose()).constant_time_eq(&presented) {
        return Ok(None);
    }
    let found = app.store().read(|tx| stored_users::find(tx, UserId::STATIC)).await?;
    if let Some(user) = found.filter(|user| user.is_admin && !user.disabled) {
        return Ok(Some(user));
    }
    let drawn = app.rng().text(ALPHANUMERIC, DRAWN);
    let username = format!("static-api-user-{}", drawn.expose());
    let username = username.parse().expect("letters and digits make a username");
    let by = By::new(Actor::Program, now, app.shared_rng());
    let created = app.store().write(by.act(username, users::ensure_static_administrator));
    created.await.map(Some).map_err(into_store_error)
}
