//! `pocketid user disable`

use super::{
    super::{context::Context, error::CliError, names::find_user},
    last_administrator::{last_administrator, warn_of_last_administrator},
    show::ShownUser,
};
use crate::operations::users;

const EXAMPLES: &str = "\
Examples:
  pocketid user disable alice
  pocketid user disable alice --yes";

/// Keep a user from signing in, and end their sessions and tokens
///
/// Their passkeys, groups and consents stay; `pocketid user enable` lets them in again. Their
/// one-time links no longer work. The last enabled administrator is disabled with --yes only:
/// `pocketid setup` works again then.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Disable {
    /// Username, email or id
    #[arg(value_name = "USER")]
    name: String,
    /// Even disable the last administrator
    #[arg(long, short)]
    yes: bool,
}

impl Disable {
    pub fn run(self, ctx: &Context) -> Result<ShownUser, CliError> {
        let last_administrator = last_administrator(self.yes);
        let store = ctx.existing_store()?;
        let (shown, was_last, already) = ctx.act(store, self.name, move |act, name| {
            let now = act.now();
            let user = find_user(act, name)?;
            let updated = users::set_disabled(act, user.id, true, last_administrator)?;
            let was_last = updated.was_last_administrator;
            let already = !updated.is_changed;
            Ok::<_, CliError>((ShownUser::load(act, updated.user, now)?, was_last, already))
        })?;
        if already {
            let username = shown.username();
            ctx.report().note(format!("{username} is already disabled; nothing was changed."));
        }
        if was_last {
            warn_of_last_administrator(ctx);
        }
        Ok(shown)
    }
}
