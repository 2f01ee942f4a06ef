//! `pocketid config unset`

use super::{
    super::{context::Context, error::CliError, removed::Removed},
    key::{self, require_database_in_charge},
    set::told,
    view::SettingView,
};
use crate::{
    model::{ConfigKey, EventKind, app_config::Origin},
    store::{audit_events, settings},
};

const EXAMPLES: &str = "\
Examples:
  pocketid config unset appName
  pocketid config unset smtpPassword --if-present";

/// Give a setting its default again
///
/// A running server takes it up within two seconds.
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
        match (unset(ctx, key)?, self.if_present) {
            (true, _) => {
                let view = SettingView::new(key, key.default_value(), Origin::Default);
                Ok(Removed(Some(view)))
            }
            (false, true) => Ok(Removed(None)),
            (false, false) => {
                Err(CliError::refused(format!("{} has its default already", key.name()))
                    .hint("add --if-present if that is fine"))
            }
        }
    }
}

/// Forgets what was chosen. `false` when nothing was.
pub fn unset(ctx: &Context, key: ConfigKey) -> Result<bool, CliError> {
    let event = ctx.event(EventKind::AppConfigChanged, None, [("key", key.name().to_owned())]);
    ctx.existing_store()?.write_blocking(move |tx| {
        let old = settings::list(tx)?.into_iter().find(|one| one.key == key.name());
        if !settings::delete(tx, key.name())? {
            return Ok(false);
        }
        audit_events::insert(tx, &told(&event, old.as_ref(), None))?;
        Ok(true)
    })
}
