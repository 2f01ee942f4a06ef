//! The parts that all mails of an installation share.

use crate::{
    model::AppConfig,
    server::pages::theme::{self, ButtonColors},
    settings::AppUrl,
};

/// The name, the address and the colours of an installation.
#[derive(Debug, Clone)]
pub struct Letterhead {
    /// The address of the installation.
    pub app_url: AppUrl,
    /// Its name.
    pub app_name: String,
    /// The colours of buttons.
    pub colors: ButtonColors,
}

impl Letterhead {
    /// The letterhead of a configuration.
    pub fn new(app_url: &AppUrl, config: &AppConfig) -> Self {
        Self {
            app_url: app_url.clone(),
            app_name: config.app_name().to_owned(),
            colors: theme::button_colors(config),
        }
    }

    /// The address of the logo.
    pub(super) fn logo(&self) -> String {
        self.app_url.join("/api/application-images/email")
    }
}
