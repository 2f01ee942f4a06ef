//! Shows a setting: its value, its allowed values, and the origin of the value.

use serde::Serialize;

use super::super::{
    column::TableColumn, context::Context, error::CliError, page::Page, report::Outcome,
};
use crate::{
    model::{AppConfig, ConfigKey, app_config::Origin},
    server,
    store::{
        StoreError, Tx,
        app_config::{self, ConfigEntry},
    },
};

/// Printed instead of a secret.
const HIDDEN: &str = "(hidden)";

/// The columns of a table of settings.
pub const COLUMNS: [TableColumn<'static>; 5] = [
    TableColumn::whole("KEY"),
    TableColumn::text("VALUE"),
    TableColumn::text("TYPE").of_importance(1),
    TableColumn::text("DEFAULT").of_importance(2),
    TableColumn::whole("ORIGIN").of_importance(3),
];

/// A setting.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingView {
    key: &'static str,
    /// `None` for a secret.
    value: Option<String>,
    #[serde(rename = "type")]
    value_type: &'static str,
    allowed: String,
    default: &'static str,
    origin: &'static str,
    env: &'static str,
    is_secret: bool,
    description: &'static str,
}

/// The configuration, without decrypted secrets.
#[derive(Debug)]
pub struct ShownConfig {
    config: AppConfig,
    stored: Vec<ConfigEntry>,
}

impl ShownConfig {
    /// Loads the configuration.
    pub fn load(ctx: &Context) -> Result<Self, CliError> {
        let settings = ctx.settings()?;
        if settings.app_config.is_some() {
            return Ok(Self {
                config: server::app_config(settings, &[], None),
                stored: Vec::new(),
            });
        }
        ctx.existing_store()?.read_blocking(|tx| Ok(Self::load_in(ctx, tx)?))
    }

    fn load_in(ctx: &Context, tx: &mut Tx<'_>) -> Result<Self, StoreError> {
        let stored = app_config::list(tx)?;
        let config = ctx
            .settings()
            .map_or_else(|_| AppConfig::default(), |own| server::app_config(own, &stored, None));
        Ok(Self { config, stored })
    }

    /// One setting.
    pub fn view(&self, key: ConfigKey) -> SettingView {
        let is_sealed = key.is_secret() && self.stored.iter().any(|one| one.key == key.name());
        let origin = if is_sealed { Origin::Stored } else { self.config.origin(key) };
        SettingView::new(key, self.config.text(key), origin)
    }
}

impl SettingView {
    /// A setting with a value; a secret's value is hidden.
    pub fn new(key: ConfigKey, value: &str, origin: Origin) -> Self {
        Self {
            key: key.name(),
            value: (!key.is_secret()).then(|| value.to_owned()),
            value_type: key.value_type().name(),
            allowed: key.value_type().expectation(),
            default: key.default_value(),
            origin: origin.as_str(),
            env: key.env(),
            is_secret: key.is_secret(),
            description: key.description(),
        }
    }

    /// The same setting with its secret shown.
    pub fn revealed(mut self, secret: String) -> Self {
        self.value = Some(secret);
        self
    }

    /// The value, or a placeholder for a secret.
    pub fn shown_value(&self) -> &str {
        match &self.value {
            Some(value) => value,
            None if self.origin == Origin::Default.as_str() => "",
            None => HIDDEN,
        }
    }

    /// The columns of a table: key, value, type, default, origin.
    pub fn row(&self) -> [String; 5] {
        [self.key, self.shown_value(), self.value_type, self.default, self.origin]
            .map(str::to_owned)
    }
}

impl Outcome for SettingView {
    fn write_text(&self, page: &mut Page) {
        page.table(COLUMNS, vec![self.row()]);
    }
}
