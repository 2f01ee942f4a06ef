//! The application configuration while the server runs: read again as soon as somebody changed it, and
//! with it what is made of it. Readers take what is there and never wait.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;

use super::{App, passkey::RelyingParty};
use crate::{
    crypto::{MasterKey, Rng, SealedPlace, Secret},
    model::{AppConfig, ApplicationImage, ConfigKey, Logos, Theme, app_config::Origin},
    oidc::metadata::ProviderMetadata,
    settings::Settings,
    store::{
        StoreError, Tx, images,
        settings::{self, StoredSetting, StoredValue},
    },
};

/// The configuration: that of the environment if it is in charge, else what is stored. Without the key,
/// secrets count as not set. A value that cannot be used is passed over, and its default holds.
pub fn app_config(
    settings: &Settings,
    stored: &[StoredSetting],
    master_key: Option<&MasterKey>,
) -> AppConfig {
    if let Some(config) = &settings.app_config {
        return config.clone();
    }
    let mut chosen = BTreeMap::new();
    for setting in stored {
        let Some(key) = ConfigKey::parse(&setting.key) else { continue };
        let text = match (&setting.value, master_key) {
            (StoredValue::Plain(text), _) => Some(Secret::new(text.as_str())),
            (StoredValue::Sealed(_), None) => continue,
            (StoredValue::Sealed(bytes), Some(master_key)) => open_setting(key, bytes, master_key),
        };
        match text.filter(|text| key.check(text.expose()).is_ok()) {
            Some(text) => drop(chosen.insert(key, text)),
            None => tracing::warn!(key = key.name(), "a stored setting cannot be used"),
        }
    }
    AppConfig::new(chosen, Origin::Stored)
}

/// Seals a secret for its row in the database.
pub fn sealed_setting(
    key: ConfigKey,
    secret: &Secret,
    master_key: &MasterKey,
    rng: &dyn Rng,
) -> StoredSetting {
    let row = (SealedPlace::Setting, key.name());
    let sealed = master_key.seal(row, secret.expose().as_bytes(), rng);
    StoredSetting { key: key.name().to_owned(), value: StoredValue::Sealed(sealed) }
}

/// Opens a secret that was sealed for this key.
pub fn open_setting(key: ConfigKey, sealed: &[u8], master_key: &MasterKey) -> Option<Secret> {
    let bytes = master_key.open((SealedPlace::Setting, key.name()), sealed).ok()?;
    std::str::from_utf8(&bytes).ok().map(Secret::new)
}

/// What somebody chose, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    settings: Vec<StoredSetting>,
    logos: Logos,
}

impl Chosen {
    /// Reads it.
    pub(super) fn read(tx: &mut Tx<'_>) -> Result<Self, StoreError> {
        let has = |tx: &mut Tx<'_>, theme| {
            images::has_application_image(tx, ApplicationImage::logo(theme))
        };
        let logos = Logos { light: has(tx, Theme::Light)?, dark: has(tx, Theme::Dark)? };
        Ok(Self { settings: settings::list(tx)?, logos })
    }
}

/// The configuration of one moment, and what is made of it.
#[derive(Debug)]
pub(super) struct Live {
    chosen: Chosen,
    config: Arc<AppConfig>,
    webauthn: Option<Arc<RelyingParty>>,
    metadata: Bytes,
}

impl Live {
    /// Takes what is stored.
    pub(super) fn new(settings: &Settings, chosen: Chosen, master_key: &MasterKey) -> Self {
        let config = app_config(settings, &chosen.settings, Some(master_key));
        let metadata = ProviderMetadata::new(
            settings.app_url.as_str(),
            settings.internal_app_url.as_str(),
            !config.client_metadata_allowlist().is_empty(),
        );
        // Without it the pages say so; refusing to start would take the healthy rest down with it.
        let webauthn = RelyingParty::new(&settings.app_url, config.app_name()).map(Arc::new);
        Self {
            chosen,
            config: Arc::new(config),
            webauthn,
            metadata: serde_json::to_vec(&metadata).unwrap_or_default().into(),
        }
    }
}

impl App {
    /// The application configuration as it is now.
    pub fn config(&self) -> Arc<AppConfig> {
        Arc::clone(&self.live().config)
    }

    /// The logos of the installation, if it has any.
    pub(super) fn logos(&self) -> Logos {
        self.live().chosen.logos
    }

    /// WebAuthn, unless browsers do not allow it at our address.
    pub(super) fn webauthn(&self) -> Option<Arc<RelyingParty>> {
        self.live().webauthn.clone()
    }

    /// The discovery document as it is sent.
    pub(super) fn metadata(&self) -> Bytes {
        self.live().metadata.clone()
    }

    /// Takes another configuration up, if it is another one.
    pub(super) fn notice_settings(&self, chosen: Chosen) {
        if self.live().chosen == chosen {
            return;
        }
        let live = Live::new(self.settings(), chosen, self.key_store().master_key);
        tracing::info!("the application configuration changed");
        self.replace_live(live);
    }
}
