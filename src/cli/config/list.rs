//! `pocketid config list`

use serde::Serialize;

use super::{
    super::{context::Context, error::CliError, page::Page, report::Outcome},
    view::{COLUMNS, SettingView, ShownConfig},
};
use crate::model::ConfigKey;

const EXAMPLES: &str = "\
Examples:
  pocketid config list
  pocketid config list --output json | jq '.[] | {key, value, allowed, description}'
  pocketid config list --output json | jq '.[] | select(.origin != \"default\")'

Off a terminal the columns are separated by tabs and have no header. Secrets are never shown.";

/// List the settings, with type, default and origin
///
/// A value is the default, or stored in the database, or from the environment. The environment has all of
/// them when UI_CONFIG_DISABLED is true, and none otherwise.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {}

/// Every setting.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct SettingList(Vec<SettingView>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<SettingList, CliError> {
        let shown = ShownConfig::load(ctx)?;
        let not_in_charge = &ctx.settings()?.not_in_charge;
        if !not_in_charge.is_empty() {
            ctx.report().warn(format!(
                "{} in the environment has no effect, unless UI_CONFIG_DISABLED is true",
                not_in_charge.join(", ")
            ));
        }
        Ok(SettingList(ConfigKey::ALL.iter().map(|key| shown.view(*key)).collect()))
    }
}

impl Outcome for SettingList {
    fn write_text(&self, page: &mut Page) {
        let rows = self.0.iter().map(SettingView::row).collect();
        page.table(COLUMNS, rows);
    }
}
