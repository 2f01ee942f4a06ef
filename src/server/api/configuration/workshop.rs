//! The inputs of this server for reading and changing an installation.

use crate::{
    configuration::Workshop,
    model::{AppConfig, Timestamp},
    server::App,
};

/// Prepares work on the installation.
pub(super) fn workshop(app: &App, now: Timestamp) -> Workshop {
    let in_environment = app.settings().app_config.as_ref();
    Workshop {
        now,
        issuer: app.issuer().to_owned(),
        master_key: Some(app.key_store().master_key.clone()),
        app_config: app.app_config_keeper(),
        emails_verified_elsewhere: in_environment.is_some_and(AppConfig::emails_verified),
    }
}
