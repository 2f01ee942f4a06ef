//! Notices keys that were rotated at the terminal or by another server, and clients whose algorithm
//! has no key yet: that key must be published before it signs.

use std::sync::Arc;

use super::{KeySet, KeysError, generate_if_missing};
use crate::{
    crypto::{Algorithm, SigningKey},
    model::Timestamp,
    server::App,
};

/// Loads the keys from the database, if they changed.
pub(in crate::server) async fn notice(
    app: &Arc<App>,
    kids: &[String],
    missing: Vec<Algorithm>,
    now: Timestamp,
) -> Result<(), KeysError> {
    if missing.is_empty() && app.keys().kids().eq(kids.iter().map(String::as_str)) {
        return Ok(());
    }
    let own = Arc::clone(app);
    match tokio::task::spawn_blocking(move || own.complete_keys(missing, now)).await {
        Ok(result) => result,
        // The server is stopping.
        Err(_) => Ok(()),
    }
}

impl App {
    /// Generates the missing keys, and reloads all keys.
    fn complete_keys(&self, missing: Vec<Algorithm>, now: Timestamp) -> Result<(), KeysError> {
        for algorithm in missing {
            generate_if_missing(self.key_store(), algorithm, now)?;
        }
        self.reload_keys(now)
    }

    /// Reloads the keys.
    fn reload_keys(&self, now: Timestamp) -> Result<(), KeysError> {
        let keys = KeySet::load(self.key_store(), &self.keys(), now)?;
        tracing::info!(
            kids = keys.kids().collect::<Vec<_>>().join(" "),
            "the signing keys changed"
        );
        self.replace_keys(keys);
        Ok(())
    }

    /// The key that signs with an algorithm. Generates it for a client that was registered a moment
    /// ago. It may block on the database, so it must not run on an async thread.
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
