//! `pocketid user enable`

use super::{
    super::{context::Context, error::CliError, names::find_user},
    show::ShownUser,
};
use crate::operations::users::{self, LastAdministrator};

const EXAMPLES: &str = "\
Examples:
  pocketid user enable alice";

/// Let a disabled user sign in again
///
/// With the passkeys that they had, and with nothing else: sessions, keys of the REST API and
/// one-time links from before stay ended.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Enable {
    /// Username, email or id
    #[arg(value_name = "USER")]
    name: String,
}

impl Enable {
    pub fn run(self, ctx: &Context) -> Result<ShownUser, CliError> {
        let (shown, already) = ctx.act(ctx.existing_store()?, self.name, |act, name| {
            let now = act.now();
            let user = find_user(act, name)?;
            let updated = users::set_disabled(act, user.id, false, LastAdministrator::Stays)?;
            Ok::<_, CliError>((ShownUser::load(act, updated.user, now)?, !updated.is_changed))
        })?;
        if already {
            let username = shown.username();
            ctx.report().note(format!("{username} is already enabled; nothing was changed."));
        }
        Ok(shown)
    }
}
