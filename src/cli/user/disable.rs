//! `pocketid user disable`

use super::{
    super::{context::Context, error::CliError, names::find_user},
    last_administrator::{self, Leave},
    show::Shown,
};
use crate::{
    model::{AuditEvent, EventKind},
    store::{audit_events, sign_out, users},
};

const EXAMPLES: &str = "\
Examples:
  pocketid user disable alice
  pocketid user disable alice --yes";

/// Keep somebody from signing in, and end their sessions and tokens
///
/// Their passkeys, groups and consents stay; `pocketid user enable` lets them in again. One-time links
/// that they may have are worth nothing from now on. The last administrator who may sign in is disabled
/// with --yes only: `pocketid setup` works again then.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Disable {
    /// User name, e-mail address or id
    #[arg(value_name = "USER")]
    name: String,
    /// Even disable the last administrator
    #[arg(long, short)]
    yes: bool,
}

impl Disable {
    pub fn run(self, ctx: &Context) -> Result<Shown, CliError> {
        let event = ctx.event(EventKind::AccountDisabled, None, []);
        let (now, new_id) = (ctx.now(), ctx.new_ids());
        let leave = Leave::new(ctx, self.yes);
        let (shown, was_last, already) = ctx.existing_store()?.write_blocking(move |tx| {
            let mut user = find_user(tx, &self.name)?;
            if user.disabled {
                return Ok((Shown::load(tx, user)?, false, true));
            }
            let was_last = last_administrator::let_go(tx, &user, &leave)?;
            user.disabled = true;
            users::update(tx, &user, now)?;
            sign_out::end_everything_of(tx, user.id, &new_id, now)?;
            audit_events::insert(tx, &AuditEvent { user_id: Some(user.id), ..event.clone() })?;
            Ok::<_, CliError>((Shown::load(tx, user)?, was_last, false))
        })?;
        if already {
            let username = shown.username();
            ctx.report().note(format!("{username} is disabled already; nothing was changed."));
        }
        if was_last {
            last_administrator::warn(ctx);
        }
        Ok(shown)
    }
}
