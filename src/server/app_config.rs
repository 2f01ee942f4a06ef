//! The current configuration of the running server.

use std::sync::Arc;

use bytes::Bytes;

use super::{
    App,
    live_config::{CurrentConfig, StoredConfig, app_config, app_config_keeper},
    passkey::RelyingParty,
};
use crate::{
    model::{AppConfig, Logos},
    operations::app_config::Keeper,
};

impl App {
    /// The current application configuration.
    pub fn config(&self) -> Arc<AppConfig> {
        Arc::clone(&self.live().config)
    }

    /// The logos of the installation, if it has any.
    pub(super) fn logos(&self) -> Logos {
        self.live().chosen.logos
    }

    /// Whether the installation has a background picture.
    pub(super) fn has_background(&self) -> bool {
        self.live().chosen.has_background
    }

    /// The WebAuthn relying party. None if browsers do not allow passkeys at our URL.
    pub(super) fn webauthn(&self) -> Option<Arc<RelyingParty>> {
        self.live().webauthn.clone()
    }

    /// The discovery document, encoded as JSON.
    pub(super) fn metadata(&self) -> Bytes {
        self.live().metadata.clone()
    }

    /// The configuration from settings read just now, which may be newer than [`Self::config`].
    pub(super) fn config_of(&self, chosen: &StoredConfig) -> AppConfig {
        app_config(self.settings(), &chosen.entries, Some(self.key_store().master_key))
    }

    /// Where the configuration is stored, for operations that change it.
    pub(super) fn app_config_keeper(&self) -> Keeper {
        app_config_keeper(self.settings(), Some(self.key_store().master_key.clone()))
    }

    /// Applies the configuration if it differs from the current one.
    pub(super) fn notice_app_config(&self, chosen: StoredConfig) {
        if self.live().chosen == chosen {
            return;
        }
        let live = CurrentConfig::new(self.settings(), chosen, self.key_store().master_key);
        tracing::info!("the application configuration changed");
        self.replace_live(live);
    }
}
