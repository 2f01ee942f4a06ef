//! Noticing that keys were rotated, at the terminal or by another server, and that a client was
//! registered whose algorithm there is no key for: its key has to be published before it signs.

use std::{sync::Arc, time::Duration};

use super::{KeySet, KeysError, generate_if_missing};
use crate::{
    crypto::{Algorithm, SigningKey},
    model::Timestamp,
    server::App,
    store::{StoreError, sealed, signing_keys},
};

/// How often the database is asked which keys there are: it costs microseconds.
const INTERVAL: Duration = Duration::from_millis(500);

/// Looks for other keys until it is aborted.
pub(in crate::server) async fn watch(app: Arc<App>) {
    let mut was_told = false;
    loop {
        tokio::time::sleep(INTERVAL).await;
        match look(&app).await {
            Ok(()) => {}
            Err(KeysError::Store(StoreError::KeyChanged)) if !was_told => {
                was_told = true;
                tracing::error!(
                    "the encryption key of the database was changed: restart this server with the \
                     new one; until then it goes on with the signing keys that it has"
                );
            }
            // The keys that are known go on; it is tried again.
            Err(error) => tracing::debug!(%error, "could not look for new signing keys"),
        }
    }
}

async fn look(app: &Arc<App>) -> Result<(), KeysError> {
    let (now, master_key) = (app.now(), app.key_store().master_key.clone());
    let read = app.store().read(move |tx| {
        sealed::require(tx, &master_key)?;
        Ok::<_, StoreError>((signing_keys::kids(tx, now)?, signing_keys::missing(tx)?))
    });
    let (kids, missing) = read.await?;
    if missing.is_empty() && app.keys().kids().eq(kids.iter().map(String::as_str)) {
        return Ok(());
    }
    let own = Arc::clone(app);
    match tokio::task::spawn_blocking(move || own.complete_keys(missing, now)).await {
        Ok(result) => result,
        // The server stops.
        Err(_) => Ok(()),
    }
}

impl App {
    /// Makes the keys that are missing, and reads all of them again.
    fn complete_keys(&self, missing: Vec<Algorithm>, now: Timestamp) -> Result<(), KeysError> {
        for algorithm in missing {
            generate_if_missing(self.key_store(), algorithm, now)?;
        }
        self.reload_keys(now)
    }

    /// Reads the keys again.
    fn reload_keys(&self, now: Timestamp) -> Result<(), KeysError> {
        let keys = KeySet::load(self.key_store(), &self.keys(), now)?;
        tracing::info!(
            kids = keys.kids().collect::<Vec<_>>().join(" "),
            "the signing keys changed"
        );
        self.replace_keys(keys);
        Ok(())
    }

    /// The key that signs with an algorithm; it is made for a client that was registered a moment ago. It
    /// may wait for the database: not for an async thread.
    pub(in crate::server) fn signing_key(
        &self,
        algorithm: Algorithm,
        now: Timestamp,
    ) -> Result<Arc<SigningKey>, KeysError> {
        if let Some(key) = self.keys().signing_key(algorithm, now) {
            return Ok(Arc::clone(key));
        }
        generate_if_missing(self.key_store(), algorithm, now)?;
        self.reload_keys(now)?;
        let key = self.keys().signing_key(algorithm, now).map(Arc::clone);
        Ok(key.ok_or(crate::crypto::KeyError::Generate)?)
    }
}
