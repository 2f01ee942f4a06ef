//! The application configuration of the running server, and the values derived from it. They are
//! reloaded as soon as the configuration changes. Readers take the current values and never wait.

use std::sync::Arc;

use bytes::Bytes;

use super::passkey::RelyingParty;
use crate::{
    crypto::MasterKey,
    model::{AppConfig, ApplicationImage, Logos, RegistrationPolicy, Theme},
    oidc::metadata::{Addresses, ProviderMetadata, UnregisteredClients},
    operations::app_config::Keeper,
    settings::Settings,
    store::{
        StoreError, Tx,
        app_config::{self, ConfigEntry},
        images,
    },
};

/// The configuration: from the environment if that is in charge, else from the database. Without
/// the key, secrets count as not set. An invalid value is skipped, and its default applies.
pub fn app_config(
    settings: &Settings,
    stored: &[ConfigEntry],
    master_key: Option<&MasterKey>,
) -> AppConfig {
    if let Some(config) = &settings.app_config {
        return config.clone();
    }
    let (config, invalid) = app_config::read_entries(stored, master_key);
    for key in invalid {
        tracing::warn!(key = key.name(), "ignored an invalid stored setting");
    }
    config
}

/// Where the configuration is stored: in the environment if that is in charge, else in the
/// database.
pub fn app_config_keeper(settings: &Settings, master_key: Option<MasterKey>) -> Keeper {
    if settings.app_config.is_some() {
        Keeper::Environment
    } else {
        Keeper::Database(master_key.map(Box::new))
    }
}

/// The stored settings, and which pictures there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StoredConfig {
    pub(super) entries: Vec<ConfigEntry>,
    pub(super) logos: Logos,
    pub(super) has_background: bool,
}

impl StoredConfig {
    /// Reads them from the database.
    pub(super) fn read(tx: &mut Tx<'_>) -> Result<Self, StoreError> {
        let mut has = |image| images::has_application_image(tx, image);
        let (light, dark) =
            (ApplicationImage::logo(Theme::Light), ApplicationImage::logo(Theme::Dark));
        let logos = Logos { light: has(light)?, dark: has(dark)? };
        let has_background = has(ApplicationImage::Background)?;
        Ok(Self { entries: app_config::list(tx)?, logos, has_background })
    }
}

/// The configuration at one moment, and the values derived from it.
#[derive(Debug)]
pub(super) struct CurrentConfig {
    pub(super) chosen: StoredConfig,
    pub(super) config: Arc<AppConfig>,
    pub(super) webauthn: Option<Arc<RelyingParty>>,
    pub(super) metadata: Bytes,
}

impl CurrentConfig {
    /// Derives the values from the stored settings.
    pub(super) fn new(settings: &Settings, chosen: StoredConfig, master_key: &MasterKey) -> Self {
        let config = app_config(settings, &chosen.entries, Some(master_key));
        let metadata = ProviderMetadata::new(
            Addresses {
                issuer: settings.app_url.as_str(),
                internal: settings.internal_app_url.as_str(),
                mtls: settings.client_certificate.mtls_address(&settings.app_url),
            },
            UnregisteredClients {
                may_have_documents: !config.client_metadata_allowlist().is_empty()
                    || config.asks_for_unlisted_documents(),
                may_register: config.registration_policy() != RegistrationPolicy::Off,
            },
        );
        // Without WebAuthn the pages say so. Refusing to start would also stop the parts that work.
        let webauthn = RelyingParty::new(settings, config.app_name()).map(Arc::new);
        Self {
            chosen,
            config: Arc::new(config),
            webauthn,
            metadata: serde_json::to_vec(&metadata).unwrap_or_default().into(),
        }
    }
}
