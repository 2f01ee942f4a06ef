//! `pocketid config unset`

use super::{
    super::{context::Context, error::CliError, removed::Removed},
    key::{self, require_database_in_charge},
    view::SettingView,
};
use crate::{
    model::app_config::Origin,
    operations::app_config::{self, Keeper},
};

const EXAMPLES: &str = "\
Examples:
  pocketid config unset appName
  pocketid config unset smtpPassword --if-present";

/// Reset a setting to its default
///
/// A running server applies it within two seconds.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Unset {
    /// Setting, such as appName
    #[arg(value_name = "SETTING")]
    key: String,
    /// Do nothing when it has its default already
    #[arg(long)]
    if_present: bool,
}

impl Unset {
    pub fn run(self, ctx: &Context) -> Result<Removed<SettingView>, CliError> {
        let key = key::find(&self.key)?;
        require_database_in_charge(ctx, key)?;
        let keeper = Keeper::Database(None);
        let reset = ctx.act(ctx.existing_store()?, keeper, move |act, keeper| {
            app_config::reset(act, keeper, key)
        });
        match (reset?, self.if_present) {
            (true, _) => {
                let view = SettingView::new(key, key.default_value(), Origin::Default);
                Ok(Removed(Some(view)))
            }
            (false, true) => Ok(Removed(None)),
            (false, false) => {
                Err(CliError::refused(format!("{} already has its default", key.name()))
                    .hint("add --if-present to ignore this"))
            }
        }
    }
}
