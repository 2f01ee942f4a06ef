//! `pocketid config get`

use serde::Serialize;

use super::{
    super::{context::Context, error::CliError, page::Page, report::Outcome},
    key,
    view::{SettingView, ShownConfig},
};
use crate::{encryption_key, model::ConfigKey, server, store::app_config};

const EXAMPLES: &str = "\
Examples:
  pocketid config get appName
  pocketid config get sessionDuration --output json
  pocketid config get smtpPassword --reveal";

/// Show the value of a setting
///
/// It stands alone on its line. JSON also has what the setting is for, its type, its default and where the
/// value comes from.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Get {
    /// Setting, such as appName; `pocketid config list` has all of them
    #[arg(value_name = "SETTING")]
    key: String,
    /// Show the value although it is a secret
    #[arg(long)]
    reveal: bool,
}

/// The requested setting.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct ShownSetting(SettingView);

impl Get {
    pub fn run(self, ctx: &Context) -> Result<ShownSetting, CliError> {
        let key = key::find(&self.key)?;
        let shown = ShownConfig::load(ctx)?;
        match (key.is_secret(), self.reveal) {
            (false, _) => Ok(ShownSetting(shown.view(key))),
            (true, false) if shown.view(key).shown_value().is_empty() => {
                Err(CliError::refused(format!("{} is not set", key.name()))
                    .hint(format!("to set it: pocketid config set {} -", key.name())))
            }
            (true, false) => Err(CliError::refused(format!("{} is a secret", key.name()))
                .hint("to show it, add --reveal")),
            (true, true) => Ok(ShownSetting(shown.view(key).revealed(reveal(ctx, key)?))),
        }
    }
}

fn reveal(ctx: &Context, key: ConfigKey) -> Result<String, CliError> {
    let own = ctx.settings()?;
    if own.app_config.is_some() {
        return Ok(server::app_config(own, &[], None).text(key).to_owned());
    }
    let store = ctx.existing_store()?;
    let master_key = encryption_key::unlock(own, store, ctx.rng().as_ref())?;
    let stored = store.read_blocking(app_config::list)?;
    Ok(server::app_config(own, &stored, Some(&master_key)).text(key).to_owned())
}

impl Outcome for ShownSetting {
    fn write_text(&self, page: &mut Page) {
        page.line(self.0.shown_value());
    }
}
